// SPDX-License-Identifier: Apache-2.0
#include "run/release_comparison.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <future>

#include "archive/file_lookup.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "boot/pe.hpp"
#include "os/file.hpp"
#include "run/kernel_config.hpp"
#include "run/kernel_words.hpp"
#include "run/package_versions.hpp"
#include "run/release_formats.hpp"
#include "run/release_tree.hpp"
#include "run/rule_outcomes.hpp"
#include "run/tree_texts.hpp"

namespace ingot::run {
namespace {

using archive::FileLookup;
using archive::ListedFile;

constexpr std::string_view status_path = "var/lib/dpkg/status";
constexpr std::string_view config_prefix = "boot/config-";
constexpr std::uint64_t largest_record = 4ULL << 20;
// A new kernel changes thousands; what each then says of itself is no news.
constexpr std::size_t most_modules_read = 500;

/// One of the two releases, with what is read of it.
struct Side {
  ReleaseTree tree;
  std::vector<ListedFile> files;  ///< that count
  std::set<std::string> wanted_texts;
  std::set<std::string> wanted_modules;
  TreeTexts read;

  const std::string* part_text(const std::string& path) const {
    const auto found = read.texts.find(path);
    return found == read.texts.end() ? nullptr : &found->second;
  }
};

/// Does the same work for both sides at once; the first fault of a is thrown before one of b.
template <class Work>
void for_both(Side& a, Side& b, const Work& work) {
  std::future<void> second = std::async(std::launch::async, [&] { work(b); });
  std::exception_ptr fault;
  try {
    work(a);
  } catch (...) {
    fault = std::current_exception();
  }
  second.wait();
  if (fault) std::rethrow_exception(fault);
  second.get();
}

bool is_ignored(const std::vector<std::string>& patterns, const std::string& path) {
  for (const std::string& pattern : patterns)
    if (::fnmatch(pattern.c_str(), path.c_str(), 0) == 0) return true;
  return false;
}

/// Without what is ignored, and what lies below that.
std::vector<ListedFile> counting_files(const std::vector<ListedFile>& files,
                                       const std::vector<std::string>& patterns) {
  if (patterns.empty()) return files;
  std::vector<ListedFile> counting;
  std::set<std::string, std::less<>> out;
  for (const ListedFile& file : files) {
    const bool below = file.path != "." && out.contains(archive::folder_of(file.path));
    if (below || is_ignored(patterns, "/" + file.path)) {
      out.insert(file.path);
    } else {
      counting.push_back(file);
    }
  }
  // A name that is left may have lost the one that it pointed to.
  for (ListedFile& file : counting)
    if (out.contains(file.hard_link)) file.hard_link.clear();
  archive::put_in_order(counting);
  return counting;
}

bool same_file(const ListedFile& a, const ListedFile& b) {
  return a.kind == b.kind && a.size == b.size && a.digest && b.digest && a.digest == b.digest;
}

class ReleaseComparison {
public:
  explicit ReleaseComparison(const DifferenceRequest& request) : request_(request) {}

  ReleaseDifference run() {
    a_.tree.place = request_.a;
    b_.tree.place = request_.b;
    for_both(a_, b_, [&](Side& side) {
      side.tree = open_release_tree(side.tree.place, Digests::always);
      side.files = counting_files(side.tree.files, request_.ignored);
    });
    result_.a = described(a_);
    result_.b = described(b_);
    ask_for_texts();
    for_both(a_, b_, [](Side& side) {
      side.read = read_tree_texts(side.tree, side.wanted_texts, side.wanted_modules);
    });
    compare();
    return std::move(result_);
  }

private:
  static ComparedRelease described(const Side& side) {
    ComparedRelease release{side.tree.place, side.tree.source, {}, {}};
    if (side.tree.statement) {
      release.product = side.tree.statement->facts.product;
      release.version = side.tree.statement->facts.version;
    }
    return release;
  }

  bool wants(Section section) const { return request_.sections.contains(section); }

  void skip(Section section, std::string reason) {
    result_.not_compared.push_back({section, std::move(reason)});
  }

  // ---- what has to be read ----

  void ask_for_texts() {
    if (wants(Section::packages))
      for (Side* side : {&a_, &b_})
        if (!side->tree.parts.contains("packages")) ask(*side, std::string(status_path));
    if (wants(Section::modules)) ask_for_modules();
    if (wants(Section::kernel_config)) ask_for_configs();
    if ((wants(Section::files) || wants(Section::sizes)) && a_.files != b_.files)
      for (Side* side : {&a_, &b_})
        for (const std::string& record : owner_records(side->tree.files)) ask(*side, record);
  }

  static void ask(Side& side, const std::string& path) {
    const ListedFile* file = FileLookup(side.tree.files).find(path);
    if (side.tree.tar && file != nullptr && file->kind == os::FileKind::regular)
      side.wanted_texts.insert(path);
  }

  void ask_for_modules() {
    result_.modules = kernel_modules(a_.files, b_.files);
    const auto& differences = result_.modules->differences;
    const bool all = differences.size() <= most_modules_read;
    for (const Difference<ModuleState>& difference : differences) {
      ask_for_module(a_, difference.a, all);
      ask_for_module(b_, difference.b, all);
    }
  }

  static void ask_for_module(Side& side, const std::optional<ModuleState>& module, bool all) {
    if (!module || !side.tree.tar || (!all && is_in_tree(*module))) return;
    const ListedFile* file = FileLookup(side.tree.files).find(module->path);
    const bool room = side.wanted_modules.size() < most_modules_read;
    if (room && file != nullptr && file->kind == os::FileKind::regular)
      side.wanted_modules.insert(module->path);
  }

  static std::vector<std::string> configs_of(const Side& side) {
    std::vector<std::string> releases;
    for (const ListedFile& file : side.files)
      if (file.path.starts_with(config_prefix) && file.kind == os::FileKind::regular)
        releases.push_back(file.path.substr(config_prefix.size()));
    return releases;
  }

  static std::string config_path(const std::string& release) {
    return std::string(config_prefix) + release;
  }

  /// Configurations by what their kernel is called in the comparison.
  static std::map<std::string, const ListedFile*> labelled_configs(const Side& side,
                                                                   const Side& other) {
    std::map<std::string, const ListedFile*> configs;
    const FileLookup files(side.files);
    for (const auto& [release, label] : kernel_labels(configs_of(side), configs_of(other)))
      configs.emplace(label, files.find(config_path(release)));
    return configs;
  }

  /// Only those that differ.
  static std::vector<const ListedFile*> telling_configs(const Side& side, const Side& other) {
    const auto others = labelled_configs(other, side);
    std::vector<const ListedFile*> telling;
    for (const auto& [label, file] : labelled_configs(side, other)) {
      const auto opposite = others.find(label);
      if (opposite == others.end() || !same_file(*file, *opposite->second)) telling.push_back(file);
    }
    return telling;
  }

  void ask_for_configs() {
    for (const ListedFile* file : telling_configs(a_, b_)) ask(a_, file->path);
    for (const ListedFile* file : telling_configs(b_, a_)) ask(b_, file->path);
  }

  // ---- the sections ----

  void compare() {
    if (wants(Section::packages)) compare_packages();
    if (wants(Section::modules)) fill_in_modules();
    if (wants(Section::units))
      result_.units = differences(unit_states(a_.files), unit_states(b_.files));
    if (wants(Section::kernel_config)) compare_configs();
    compare_files();
    if (wants(Section::formats)) compare_formats();
    if (wants(Section::kernel_line)) compare_kernel_lines();
    if (wants(Section::agreement)) compare_agreement();
  }

  static std::optional<PackageVersions> packages_of(const Side& side) {
    const auto list = side.tree.parts.find("packages");
    if (list != side.tree.parts.end()) {
      return during("reading " + list->second.string(), [&] {
        return parse_package_list(os::read_file(list->second, largest_record));
      });
    }
    if (const std::string* status = side.part_text(std::string(status_path)))
      return packages_of_status(*status);
    return std::nullopt;
  }

  void compare_packages() {
    const auto packages_a = packages_of(a_);
    const auto packages_b = packages_of(b_);
    for (const auto& [packages, side] : {std::pair(&packages_a, &a_), {&packages_b, &b_}})
      if (!*packages) {
        skip(Section::packages,
             format("{} has neither packages.txt nor dpkg's status", side->tree.place.string()));
        return;
      }
    result_.packages = differences(*packages_a, *packages_b);
  }

  void fill_in_modules() {
    const auto fill = [](const Side& side, std::optional<ModuleState>& module) {
      if (!module) return;
      const auto facts = side.read.modules.find(module->path);
      if (facts != side.read.modules.end()) module->facts = facts->second;
    };
    for (Difference<ModuleState>& difference : result_.modules->differences) {
      fill(a_, difference.a);
      fill(b_, difference.b);
    }
  }

  /// Options by name, of several kernels with a label in front.
  static std::map<std::string, std::string> options_of(const Side& side, const Side& other) {
    std::map<std::string, std::string> options;
    const auto own = configs_of(side);
    const auto others = configs_of(other);
    const bool alone = own.size() <= 1 && others.size() <= 1;
    for (const auto& [release, label] : kernel_labels(own, others)) {
      const std::string* text = side.part_text(config_path(release));
      if (text == nullptr) continue;
      for (const auto& [option, value] : parse_kernel_config(*text))
        options.emplace(alone ? option : label + ": " + option, value);
    }
    return options;
  }

  void compare_configs() {
    for (const Side* side : {&a_, &b_}) {
      if (configs_of(*side).empty()) {
        skip(Section::kernel_config, side->tree.place.string() + " has no /boot/config-*");
        return;
      }
    }
    if (!telling_configs(a_, b_).empty() && (!a_.tree.tar || !b_.tree.tar)) {
      skip(Section::kernel_config, "they differ, and there is no tar to read them from");
      return;
    }
    result_.kernel_config = differences(options_of(a_, b_), options_of(b_, a_));
  }

  void compare_files() {
    const FileOwners owners_a = file_owners(a_.tree.files, records_of(a_));
    const FileOwners owners_b = file_owners(b_.tree.files, records_of(b_));
    if (wants(Section::files)) result_.files = file_changes(a_.files, b_.files, owners_a, owners_b);
    if (!wants(Section::sizes)) return;
    const TreeSizes sizes_a = tree_sizes(a_.files, owners_a);
    const TreeSizes sizes_b = tree_sizes(b_.files, owners_b);
    result_.sizes = SizeDifferences{
        sizes_a.total, sizes_b.total, differences(sizes_a.folders, sizes_b.folders), {}, {}};
    // Where one side tells no packages, all of the other's would be new.
    if (a_.tree.tar && b_.tree.tar)
      result_.sizes->packages = differences(sizes_a.packages, sizes_b.packages);
    if (request_.ignored.empty() && are_releases())
      result_.sizes->formats = differences(format_sizes(a_), format_sizes(b_));
  }

  static std::map<std::string, std::string> records_of(const Side& side) {
    std::map<std::string, std::string> records;
    for (const std::string& path : owner_records(side.tree.files))
      if (const std::string* text = side.part_text(path)) records.emplace(path, *text);
    return records;
  }

  static std::map<std::string, std::uint64_t> format_sizes(const Side& side) {
    std::map<std::string, std::uint64_t> sizes;
    for (const auto& [role, file] : release_formats(side.tree)) sizes.emplace(role, file.size);
    return sizes;
  }

  bool are_releases() const {
    return a_.tree.source == TreeSource::release && b_.tree.source == TreeSource::release;
  }

  bool require_releases(Section section) {
    for (const Side* side : {&a_, &b_}) {
      if (side->tree.source == TreeSource::release) continue;
      skip(section, side->tree.place.string() + " is no folder of a release");
      return false;
    }
    return true;
  }

  void compare_formats() {
    if (!require_releases(Section::formats)) return;
    result_.formats = differences(release_formats(a_.tree), release_formats(b_.tree));
    if (request_.ignored.empty()) return;
    std::erase_if(*result_.formats,
                  [](const Difference<FormatFile>& format) { return format.a && format.b; });
  }

  /// The part of both releases in that role, or nothing and a reason.
  std::optional<std::pair<std::filesystem::path, std::filesystem::path>> parts(
      Section section, const std::string& role, std::string_view lacking) {
    if (!require_releases(section)) return std::nullopt;
    for (const Side* side : {&a_, &b_}) {
      if (side->tree.parts.contains(role)) continue;
      skip(section, format("{} has no {}", side->tree.place.string(), lacking));
      return std::nullopt;
    }
    return std::pair(a_.tree.parts.at(role), b_.tree.parts.at(role));
  }

  void compare_kernel_lines() {
    const auto ukis = parts(Section::kernel_line, "uki", "UKI that holds one");
    if (!ukis) return;
    const auto words = [](const std::filesystem::path& uki) {
      return during("reading " + uki.string(), [&] {
        return kernel_words(boot::read_section(uki, ".cmdline", 1U << 16).value_or(""));
      });
    };
    result_.kernel_line = differences(words(ukis->first), words(ukis->second));
    if (!request_.ignored.empty())
      std::erase_if(*result_.kernel_line, [](const Difference<std::string>& word) {
        return names_root_image(word.name);
      });
  }

  void compare_agreement() {
    const auto records = parts(Section::agreement, "agreement", "agreement.json");
    if (!records) return;
    const auto outcomes = [](const std::filesystem::path& record) {
      return during("reading " + record.string(),
                    [&] { return parse_rule_outcomes(os::read_file(record, largest_record)); });
    };
    const RuleOutcomes rules_a = outcomes(records->first);
    const RuleOutcomes rules_b = outcomes(records->second);
    result_.agreement = AgreementDifferences{rules_a.verdict, rules_b.verdict,
                                             differences(rules_a.outcomes, rules_b.outcomes)};
  }

  const DifferenceRequest& request_;
  Side a_;
  Side b_;
  ReleaseDifference result_;
};

}  // namespace

ReleaseDifference compare_releases(const DifferenceRequest& request) {
  return ReleaseComparison(request).run();
}

}  // namespace ingot::run
