// SPDX-License-Identifier: Apache-2.0
#include "store/packed_entry.hpp"

#include <fcntl.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "archive/exact_tar.hpp"
#include "archive/sink.hpp"
#include "base/error.hpp"
#include "crypto/strict_json.hpp"
#include "os/file.hpp"

namespace ingot::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* root_name = "root";
constexpr const char* facts_name = "facts.json";
constexpr const char* own_facts_name = "meta.json";
/// Twice as fast as level 3 and a tenth larger; most of what is packed was not compressed before.
constexpr int level = 2;

/// In byte order, so that equal entries give equal bytes.
std::vector<std::string> names_beside(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& item : fs::directory_iterator(folder)) {
    const std::string name = item.path().filename().string();
    if (name != root_name && name != own_facts_name) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::map<std::string, std::string> facts_in(const fs::path& file) {
  const auto json = crypto::parse_strict_json(os::read_file(file, 16U << 20), "the packed facts",
                                              {.bytes = 16U << 20});
  std::map<std::string, std::string> facts;
  if (!json.is_object()) throw Error(Fault::verification, "the packed facts are no object");
  for (const auto& [name, value] : json.items()) {
    if (!value.is_string())
      throw Error(Fault::verification, "a packed fact is no text: " + name.substr(0, 80));
    facts[name] = value.get<std::string>();
  }
  return facts;
}

}  // namespace

crypto::FileDigest pack_entry(const Entry& entry, const fs::path& to) {
  return during("packing " + entry.folder.string(), [&] {
    const os::Fd file = os::open_file(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
    archive::FdSink out(file.get(), to);
    crypto::HashingSink hashed(out);
    archive::ZstdSink zstd(hashed, {.level = level});
    archive::ExactTarWriter writer(zstd);
    writer.add_text(facts_name, nlohmann::json(entry.facts).dump());
    try {
      for (const std::string& name : names_beside(entry.folder))
        writer.add_text(name, os::read_file(entry.folder / name));
    } catch (const fs::filesystem_error& error) {
      throw Error(Fault::io,
                  "cannot read " + entry.folder.string() + ": " + error.code().message());
    }
    writer.add_tree(entry.root, root_name);
    writer.finish();
    zstd.finish();
    return hashed.result();
  });
}

std::map<std::string, std::string> unpack_entry(const fs::path& from, const Stage& stage) {
  return during("unpacking " + from.string(), [&] {
    const os::Fd file = os::open_file(from, O_RDONLY);
    archive::unpack_exact_tar(file.get(), stage.beside(""));
    const fs::path facts_file = stage.beside(facts_name);
    std::map<std::string, std::string> facts = facts_in(facts_file);
    std::error_code failed;
    if (!fs::remove(facts_file, failed))
      throw Error(Fault::io, "cannot remove " + facts_file.string() + ": " + failed.message());
    return facts;
  });
}

Entry entry_of(const Stage& stage, const std::map<std::string, std::string>& facts) {
  return {.root = stage.folder(), .folder = stage.folder().parent_path(), .facts = facts};
}

}  // namespace ingot::store
