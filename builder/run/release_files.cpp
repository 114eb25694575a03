// SPDX-License-Identifier: Apache-2.0
#include "run/release_files.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/dsse.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "crypto/strict_json.hpp"
#include "os/file.hpp"
#include "run/release.hpp"

namespace ingot::run {
namespace {

using Files = std::map<std::string, std::filesystem::path>;
using Pair = std::pair<std::string_view, std::string_view>;

// The statement's shorter words for the same roles.
constexpr std::array<Pair, 4> role_words = {Pair{"root", "root-image"},
                                            {"disk", "disk-raw"},
                                            {"kernel", "vmlinuz"},
                                            {"rootfs", "rootfs-tar"}};

constexpr std::array<Pair, 8> suffix_roles = {Pair{".efi", "uki"},
                                              {".root.squashfs", "root-image"},
                                              {".vmlinuz", "vmlinuz"},
                                              {".initrd", "initrd"},
                                              {".raw", "disk-raw"},
                                              {".disk.json", "disk-description"},
                                              {".rootfs.tar.zst", "rootfs-tar"},
                                              {".mtree", "file-list"}};

std::string role_of(std::string_view word) {
  for (const auto& [from, to] : role_words) {
    if (word == from) return std::string(to);
  }
  return std::string(word);
}

bool is_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(std::filesystem::symlink_status(path, ignored));
}

Files listed_files(const std::filesystem::path& release, const std::string& bundle, Absent absent) {
  const crypto::Envelope envelope = crypto::read_bundle(bundle);
  const nlohmann::json statement =
      crypto::parse_strict_json(envelope.payload, "the release statement");
  const auto rows =
      statement.value(nlohmann::json::json_pointer("/predicate/files"), nlohmann::json::array());
  Files files;
  for (const auto& row : rows) {
    if (!row.is_object()) continue;
    const auto name = row.find("name");
    const auto role = row.find("role");
    if (name == row.end() || role == row.end() || !name->is_string() || !role->is_string())
      continue;
    const std::string file = name->get<std::string>();
    if (file.empty() || file.front() == '.' || file.find('/') != std::string::npos) {
      throw Error(Fault::input, format("the release statement lists '{}', which is no file name",
                                       file.substr(0, 100)));
    }
    if (!is_file(release / file)) {
      if (absent == Absent::passed_over) continue;
      throw Error(Fault::input,
                  format("the release lists {}, which is not in {}", file, release.string()));
    }
    files.emplace(role_of(role->get<std::string>()), release / file);
  }
  return files;
}

// A folder that is not signed yet: the names say it.
Files named_files(const std::filesystem::path& release) {
  Files files;
  for (const auto& [suffix, role] : suffix_roles) {
    const std::filesystem::path path =
        release / (release.filename().string() + std::string(suffix));
    if (is_file(path)) files.emplace(role, path);
  }
  return files;
}

}  // namespace

Files release_files(const std::filesystem::path& release, Absent absent) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(release, ignored)) {
    throw Error(Fault::input, format("{} is no folder; a release is one, out/<image>-<version>",
                                     release.string()));
  }
  const auto bundle = os::read_file_if_any(release / release_bundle_name, 16U << 20);
  Files files = bundle ? during(format("reading {}", (release / release_bundle_name).string()),
                                [&] { return listed_files(release, *bundle, absent); })
                       : named_files(release);
  if (files.empty()) {
    throw Error(Fault::input, format("{} holds no file of a release", release.string()));
  }
  return files;
}

}  // namespace ingot::run
