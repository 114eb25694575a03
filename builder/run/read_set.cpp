// SPDX-License-Identifier: Apache-2.0
#include "run/read_set.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fnmatch.h>

#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "run/library_cache.hpp"

namespace ingot::run {
namespace {

constexpr int version = 1;
constexpr std::string_view library_cache = "etc/ld.so.cache";
/// As many links as the kernel follows.
constexpr int most_links = 40;

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view(".") : path.substr(0, slash);
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

class Answer {
public:
  Answer(const std::vector<archive::ListedFile>& files, const std::vector<std::string>& hidden,
         const std::function<std::string(const std::string& path)>& content)
      : hidden_(hidden.begin(), hidden.end()), content_(content) {
    for (const archive::ListedFile& file : files) {
      files_.emplace(file.path, &file);
      if (file.path != ".") inside_[parent_of(file.path)].push_back(&file);
    }
  }

  Sha256 to(const ReadSet& reads) {
    reads_ = &reads;
    for (const auto& [path, use] : reads.trace.paths) names_.insert(std::string(last_part(path)));
    for (const auto& [path, use] : reads.trace.paths) follow(path, use);
    for (const std::string& folder : reads.copied) {
      const archive::ListedFile* file = found(folder);
      say("copied", folder, file == nullptr ? "-" : archive::file_list_text({*file}));
    }
    return hasher_.finish();
  }

  /// After to().
  std::map<std::string, std::set<std::string>> unused_patterns() {
    std::map<std::string, std::set<std::string>> unused;
    for (const std::string& folder : named_)
      for (const archive::ListedFile* file : inside_[folder])
        if (const std::string name(last_part(file->path)); is_library(name) && !asked(name))
          for (const std::string& pattern : reads_->patterns)
            if (matches(pattern, name)) unused[folder].insert(pattern);
    return unused;
  }

private:
  static bool is_library(const std::string& name) {
    return name.starts_with("lib") && name.find(".so") != std::string::npos;
  }

  static bool matches(const std::string& pattern, const std::string& name) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  }

  bool asked(const std::string& name) const { return names_.contains(name); }

  void say(std::string_view what, std::string_view path, std::string_view answer) {
    hasher_.field(what).field(path).field(answer);
  }

  const archive::ListedFile* found(const std::string& path) const {
    const auto file = files_.find(path);
    return file == files_.end() ? nullptr : file->second;
  }

  /// As the kernel does: part by part.
  void follow(const std::string& path, os::PathUse use) {
    say("path", path, "");
    std::deque<std::string> parts;
    for (std::string& part : split(path, '/'))
      if (!part.empty()) parts.push_back(std::move(part));
    std::vector<std::string> at;
    int links = 0;
    while (!parts.empty()) {
      const std::string part = std::move(parts.front());
      parts.pop_front();
      if (part == ".") continue;
      if (part == "..") {
        if (!at.empty()) at.pop_back();
        continue;
      }
      at.push_back(part);
      const std::string here = joined(at, "/");
      if (hidden_.contains(here)) return say("hidden", here, "");
      if (of_sandbox_.contains(at.front())) return say("elsewhere", here, "");
      const archive::ListedFile* file = found(here);
      if (file == nullptr) return say("missing", here, "");
      if (file->kind == os::FileKind::link) {
        say("link", here, archive::file_list_text({*file}));
        if (++links > most_links) return;
        at.pop_back();
        if (file->target.starts_with('/')) at.clear();
        std::deque<std::string> target;
        for (std::string& word : split(file->target, '/'))
          if (!word.empty()) target.push_back(std::move(word));
        parts.insert(parts.begin(), target.begin(), target.end());
      } else if (file->kind != os::FileKind::folder) {
        // With parts left it is in their way, which its kind says.
        return arrive(*file, use);
      }
    }
    const std::string here = at.empty() ? "." : joined(at, "/");
    if (const archive::ListedFile* folder = found(here)) arrive(*folder, use);
  }

  void arrive(const archive::ListedFile& file, os::PathUse use) {
    if (file.kind == os::FileKind::folder) {
      archive::ListedFile timeless = file;
      timeless.mtime = 0;
      timeless.links = 1;
      say("folder", file.path, archive::file_list_text({timeless}));
      if (use == os::PathUse::opened) names_of(file.path);
    } else if (file.path == library_cache) {
      libraries(file);
    } else {
      say("file", file.path, archive::file_list_text({file}));
    }
  }

  void names_of(const std::string& folder) {
    if (!named_.insert(folder).second) return;
    for (const archive::ListedFile* file : inside_[folder])
      if (const std::string name(last_part(file->path)); counts(name, folder))
        say("name", name, archive::name_of(file->kind));
  }

  bool counts(const std::string& name, const std::string& folder) const {
    if (!is_library(name) || asked(name)) return true;
    const auto unused = reads_->unused.find(folder);
    return std::any_of(
        reads_->patterns.begin(), reads_->patterns.end(), [&](const std::string& pattern) {
          const bool used = unused == reads_->unused.end() || !unused->second.contains(pattern);
          return used && matches(pattern, name);
        });
  }

  void libraries(const archive::ListedFile& file) {
    if (!content_ || !named_.insert(file.path).second) return;
    const auto listed = parse_library_cache(content_(file.path));
    bool plain = listed.has_value();
    if (plain)
      for (const CachedLibrary& library : *listed)
        plain = plain && (library.hwcap == 0 || !names_.contains(library.name));
    if (!plain) return say("file", file.path, archive::file_list_text({file}));
    for (const CachedLibrary& library : *listed)
      if (names_.contains(library.name)) {
        say("library", library.name, library.path);
        hasher_.field(std::uint64_t{library.flags});
      }
  }

  /// What a sandbox has of its own.
  const std::set<std::string, std::less<>> of_sandbox_ = {"proc", "dev", "run", "tmp"};
  std::unordered_map<std::string_view, const archive::ListedFile*> files_;
  std::unordered_map<std::string_view, std::vector<const archive::ListedFile*>> inside_;
  std::unordered_set<std::string> hidden_;
  const std::function<std::string(const std::string& path)>& content_;
  const ReadSet* reads_ = nullptr;
  std::unordered_set<std::string> names_;  ///< of everything asked for
  std::unordered_set<std::string> named_;  ///< folders and lists that were gone through
  crypto::FieldHasher hasher_{"ingot.answer.v1"};
};

}  // namespace

std::vector<std::uint8_t> packed(const ReadSet& reads) {
  return nlohmann::json::to_cbor({{"version", version},
                                  {"trace", nlohmann::json::binary(os::packed(reads.trace))},
                                  {"patterns", reads.patterns},
                                  {"unused", reads.unused},
                                  {"copied", reads.copied}});
}

std::optional<ReadSet> unpacked_read_set(std::span<const std::uint8_t> bytes) {
  try {
    const auto whole = nlohmann::json::from_cbor(bytes.begin(), bytes.end());
    if (whole.at("version") != version) return std::nullopt;
    ReadSet reads{.trace = os::unpacked_trace(whole.at("trace").get_binary())};
    whole.at("patterns").get_to(reads.patterns);
    whole.at("unused").get_to(reads.unused);
    whole.at("copied").get_to(reads.copied);
    if (!reads.trace.complete()) return std::nullopt;
    return reads;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

void note_unused_patterns(ReadSet& reads, const std::vector<archive::ListedFile>& files,
                          const std::vector<std::string>& hidden) {
  const std::function<std::string(const std::string&)> unread;
  reads.unused.clear();
  Answer answer(files, hidden, unread);
  answer.to(reads);
  reads.unused = answer.unused_patterns();
}

Sha256 answer_to(const ReadSet& reads, const std::vector<archive::ListedFile>& files,
                 const std::vector<std::string>& hidden,
                 const std::function<std::string(const std::string& path)>& content) {
  return Answer(files, hidden, content).to(reads);
}

}  // namespace ingot::run
