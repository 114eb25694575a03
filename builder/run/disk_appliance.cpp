// SPDX-License-Identifier: Apache-2.0
#include "run/disk_appliance.hpp"

#include <algorithm>
#include <vector>

#include "archive/extract.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "guest/appliance.hpp"
#include "os/file.hpp"
#include "os/file_lock.hpp"
#include "run/release_files.hpp"

namespace ingot::run {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view modules_folder = "usr/lib/modules/";

guest::ApplianceKernel unpack_kernel(const KernelSource& source, const fs::path& folder) {
  archive::extract_tar(
      source.rootfs_tar, folder,
      {.keep = [](std::string_view path) { return path.starts_with(modules_folder); },
       .listing = archive::ExtractOptions::Listing::no,
       .limits = {}});
  std::vector<fs::path> releases;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder / modules_folder, failed)) {
    if (entry.is_directory()) releases.push_back(entry.path());
  }
  if (releases.size() != 1) {
    throw Error(Fault::verification, format("{} holds modules of {} kernels, not of one",
                                            source.rootfs_tar.string(), releases.size()));
  }
  return {source.vmlinuz, releases.front(), releases.front().filename().string()};
}

/// Appliances belong to the version of the library.
fs::path folder_in(const fs::path& cache) {
  return cache / "appliance" / ("libguestfs-" + guest::library_version());
}

fs::path made(const std::optional<KernelSource>& source, const fs::path& target,
              const os::Runner& runner, Report& report) {
  report.note(source ? format("making the appliance that reads disks, with the kernel of {}",
                              source->vmlinuz.filename().string())
                     : "making the appliance that reads disks, with a kernel of this machine");
  const os::TempDir scratch("appliance", target.parent_path());
  std::optional<guest::ApplianceKernel> kernel;
  if (source) {
    fs::create_directory(scratch.path() / "kernel");
    kernel = unpack_kernel(*source, scratch.path() / "kernel");
  }
  guest::make_appliance(runner, kernel, scratch.path() / "made");
  fs::rename(scratch.path() / "made", target);
  return target;
}

}  // namespace

std::optional<KernelSource> kernel_source_of(const fs::path& release) {
  const auto files = release_files(release);
  const auto kernel = files.find("vmlinuz");
  const auto tar = files.find("rootfs-tar");
  if (kernel == files.end() || tar == files.end()) return std::nullopt;
  return KernelSource{kernel->second, tar->second};
}

std::optional<fs::path> known_appliance(const fs::path& cache) {
  std::optional<fs::path> found;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_in(cache), failed)) {
    if (!guest::is_appliance(entry.path())) continue;
    if (!found || fs::last_write_time(entry.path()) > fs::last_write_time(*found)) {
      found = entry.path();
    }
  }
  return found;
}

fs::path disk_appliance(const std::optional<KernelSource>& source,
                        const os::Environment& environment, const os::Runner& runner,
                        Report& report) {
  return during("preparing the appliance that reads disks", [&] {
    const fs::path folder = folder_in(environment.cache_folder());
    fs::create_directories(folder);
    const os::FileLock lock = os::FileLock::wait(folder / ".lock");
    const std::string key = source ? crypto::digest_of_file(source->vmlinuz).hex() : "host";
    if (guest::is_appliance(folder / key)) return folder / key;
    if (!source) {
      if (const auto before = known_appliance(environment.cache_folder())) return *before;
    }
    return made(source, folder / key, runner, report);
  });
}

}  // namespace ingot::run
