// SPDX-License-Identifier: Apache-2.0
#include "run/format_steps.hpp"

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/file_stamp.hpp"
#include "run/shared_cache.hpp"

namespace ingot::run {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kept_results = 2;
constexpr std::size_t most_recalled = 6;
constexpr const char* pieces_ending = ".pieces";

fs::path pieces_beside(const fs::path& entry, const std::string& name) {
  return entry / (name + pieces_ending);
}

std::string files_json(const std::vector<step::MadeFile>& files, const fs::path& folder) {
  nlohmann::json list = nlohmann::json::array();
  for (const step::MadeFile& file : files) {
    const auto stamp = os::file_stamp(folder / file.name);
    if (!stamp) throw Error(Fault::internal, file.name + " was not written (this is a bug)");
    list.push_back({{"name", file.name},
                    {"role", file.role},
                    {"media-type", file.media_type},
                    {"facts", file.facts},
                    {"released", file.released},
                    {"sha256", file.measured->digest.hex()},
                    {"size", file.measured->size},
                    {"time", os::time_text(*stamp)}});
  }
  return list.dump();
}

/// Throws nlohmann's errors for anything else than what files_json() makes.
step::MadeFile file_of(const nlohmann::json& fields) {
  const auto digest = Sha256::from_hex(fields.at("sha256").get<std::string>());
  return {.name = fields.at("name").get<std::string>(),
          .role = fields.at("role").get<std::string>(),
          .media_type = fields.at("media-type").get<std::string>(),
          .measured = crypto::FileDigest{digest, fields.at("size").get<std::uint64_t>()},
          .facts = fields.at("facts").get<std::map<std::string, std::string>>(),
          .released = fields.at("released").get<bool>()};
}

/// Why an entry does not count; empty when it does.
std::string read_entry(const store::Entry& entry, std::vector<step::MadeFile>& files) {
  try {
    const auto list = nlohmann::json::parse(entry.facts.at("files"));
    for (const nlohmann::json& fields : list) {
      const step::MadeFile file = file_of(fields);
      const fs::path path = entry.root / file.name;
      const auto stamp = os::file_stamp(path);
      if (!stamp || stamp->size != file.measured->size ||
          os::time_text(*stamp) != fields.at("time").get<std::string>())
        return path.string() + " was changed since it was made";
      files.push_back(file);
    }
    return {};
  } catch (const std::exception& error) {
    return format("{} is damaged: {}", entry.folder.string(), error.what());
  }
}

/// This image's, and what other images have in common with it.
std::vector<Sha256> earlier_results(const step::Workplace& workplace, const FormatTask& task) {
  std::vector<Sha256> keys = workplace.store.newest(task.image + "/" + task.name);
  for (const Sha256& key : workplace.store.newest_named(task.name)) {
    if (keys.size() >= most_recalled) break;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

/// A piece of the newest earlier results that are still what they were.
archive::Recall recall_for(const step::Workplace& workplace, const FormatTask& task) {
  std::vector<archive::Recall> sources;
  for (const Sha256& key : earlier_results(workplace, task)) {
    const auto entry = workplace.store.find_entry(key);
    std::vector<step::MadeFile> files;
    if (!entry || !read_entry(*entry, files).empty()) continue;
    for (const step::MadeFile& file : files) {
      const auto list = os::read_file_if_any(pieces_beside(entry->folder, file.name));
      if (!list) continue;
      try {
        const fs::path path = entry->root / file.name;
        sources.push_back(
            archive::recall_from(std::make_shared<const os::Fd>(os::open_file(path, O_RDONLY)),
                                 path, archive::parse_piece_list(*list)));
      } catch (const Error& error) {
        // Without it the pieces are made again.
        workplace.report.warning(error.message());
      }
    }
  }
  if (sources.empty()) return {};
  return [sources](const Sha256& key) -> std::optional<archive::RecalledPiece> {
    for (const archive::Recall& recall : sources)
      if (auto piece = recall(key)) return piece;
    return std::nullopt;
  };
}

FormatResult write(const step::Workplace& workplace, const FormatTask& task, store::Stage& stage) {
  const auto start = os::system_clock().steady();
  FormatResult result;
  result.files = task.write(stage.folder(), recall_for(workplace, task));
  for (step::MadeFile& file : result.files) {
    if (!file.measured) file.measured = crypto::measure_file(stage.folder() / file.name);
    if (!file.pieces.empty())
      os::write_file(stage.beside(file.name + pieces_ending),
                     archive::piece_list_bytes(file.pieces));
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() - start);
  const store::Entry entry = stage.commit({{"step", task.name},
                                           {"milliseconds", std::to_string(took.count())},
                                           {"files", files_json(result.files, stage.folder())}});
  workplace.store.keep_newest(task.image + "/" + task.name, task.key, kept_results);
  result.folder = entry.root;
  return result;
}

}  // namespace

std::optional<FormatResult> find_format(const store::Store& store, Report& report,
                                        const Sha256& key) {
  const auto entry = store.find_entry(key);
  if (!entry) return std::nullopt;
  FormatResult result{.files = {}, .folder = entry->root, .cached = true};
  const std::string fault = read_entry(*entry, result.files);
  if (fault.empty()) return result;
  report.warning(fault + "; it is made again");
  store.remove_entry(key);
  return std::nullopt;
}

std::optional<std::string> format_alteration(const store::Entry& entry, store::Look look) {
  // Trees of which another name is known have no files of their own.
  if (!entry.facts.contains("files")) return std::nullopt;
  std::vector<step::MadeFile> files;
  const std::string fault = read_entry(entry, files);
  if (!fault.empty()) return fault;
  if (look == store::Look::quick) return std::nullopt;
  for (const step::MadeFile& file : files)
    if (crypto::measure_file(entry.root / file.name) != *file.measured)
      return (entry.root / file.name).string() + " has other content than when it was made";
  return std::nullopt;
}

FormatResult carry_out(const step::Workplace& workplace, const FormatTask& task,
                       SharedCache* shared) {
  const auto give = [&](FormatResult result) {
    const Origin origin = result.cached ? Origin::from_store : Origin::made_now;
    if (shared != nullptr) shared->give(task.name, task.key, origin);
    return result;
  };
  for (int attempt = 0; attempt < 3; ++attempt) {
    if (auto found = find_format(workplace.store, workplace.report, task.key)) return give(*found);
    if (shared != nullptr && attempt == 0 && shared->take(task.name, task.key)) {
      workplace.store.keep_newest(task.image + "/" + task.name, task.key, kept_results);
      continue;
    }
    if (auto stage = workplace.store.begin_entry(task.key))
      return give(write(workplace, task, *stage));
    // Somebody else has written the same meanwhile.
  }
  throw Error(Fault::io, "the store lost the result of step " + task.name);
}

}  // namespace ingot::run
