// SPDX-License-Identifier: Apache-2.0
#include "run/deep_verification.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "run/disk_reading.hpp"
#include "run/node_changes.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_list = 1ULL << 30;

const ReleaseFile* file_of(const VerifiedRelease& release, std::string_view role) {
  const auto found = std::find_if(release.files.begin(), release.files.end(),
                                  [&](const ReleaseFile& file) { return file.role == role; });
  return found == release.files.end() ? nullptr : &*found;
}

/// The text of a file of the release, which must still be what was verified.
std::string verified_text(const VerifiedRelease& release, const fs::path& folder,
                          std::string_view role) {
  const ReleaseFile* file = file_of(release, role);
  if (file == nullptr) {
    throw Error(
        Fault::input,
        format("the release has no {}; it was built before there was one, or has no disk", role));
  }
  std::string text = os::read_file(folder / file->name, largest_list);
  if (crypto::digest_of(text) != file->measured->digest) {
    throw Error(Fault::verification, format("{} changed while it was verified", file->name));
  }
  return text;
}

std::vector<fs::path> disks_of(const VerifiedRelease& release, const DeepRequest& request) {
  if (request.disk) return {*request.disk};
  std::vector<fs::path> disks;
  for (const char* role : {"disk-raw", "disk-qcow2"}) {
    if (const ReleaseFile* file = file_of(release, role)) {
      disks.push_back(request.folder / file->name);
    }
  }
  if (disks.empty()) throw Error(Fault::input, "the release has no disk image to look into");
  return disks;
}

ReadDisk judged(DiskComparison comparison, const fs::path& disk, bool allow_node_changes) {
  ReadDisk read{disk.filename().string(), {}, {}, comparison.files, comparison.bytes};
  for (DiskDifference& difference : comparison.differences) {
    const bool allowed = allow_node_changes && node_change(difference).has_value();
    (allowed ? read.node_changes : read.differences).push_back(std::move(difference));
  }
  return read;
}

}  // namespace

std::vector<ReadDisk> verify_deep(const VerifiedRelease& release, const DeepRequest& request,
                                  const os::Environment& environment, const os::Runner& runner,
                                  Report& report) {
  const std::vector<fs::path> disks = disks_of(release, request);
  const disk::DiskDescription description =
      disk::parse_disk_description(verified_text(release, request.folder, "disk-description"));
  const std::vector<archive::ListedFile> files =
      archive::parse_file_list(verified_text(release, request.folder, "file-list"));
  std::vector<ReadDisk> results;
  for (const fs::path& disk : disks) {
    read_disk({.disk = disk,
               .kernel = kernel_source_of(request.folder),
               .accelerator = request.accelerator},
              environment, runner, report, [&](guest::Guest& guest) {
                results.push_back(judged(compare_disk(guest, description, files, report), disk,
                                         request.allow_node_changes));
              });
  }
  return results;
}

}  // namespace ingot::run
