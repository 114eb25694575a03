// SPDX-License-Identifier: Apache-2.0
#include "guest/appliance.hpp"

#include <chrono>
#include <set>

#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "guest/library.hpp"
#include "os/file.hpp"

namespace ingot::guest {
namespace {

namespace fs = std::filesystem;

// libguestfs takes a folder with this file for an appliance that is ready to boot.
constexpr const char* ready_mark = "README.fixed";

std::optional<fs::path> description_folder() {
  const LibraryHandle library = new_library();
  const char* path = guestfs_get_path(library.get());
  for (const std::string& folder : split(path != nullptr ? path : "", ':')) {
    if (fs::is_directory(fs::path(folder) / "supermin.d")) return fs::path(folder) / "supermin.d";
  }
  return std::nullopt;
}

}  // namespace

std::string library_version() {
  const LibraryHandle library = new_library();
  const CHandle<struct guestfs_version, guestfs_free_version> version(
      guestfs_version(library.get()));
  check_library(library.get(), version != nullptr, Fault::environment,
                "ask libguestfs its version");
  return format("{}.{}.{}{}", version->major, version->minor, version->release, version->extra);
}

std::optional<os::Lack> appliance_lack(const os::Environment& environment) {
  if (!os::find_program(environment, "supermin"))
    return os::Lack{"supermin is not installed", os::install_command("supermin")};
  if (!description_folder())
    return os::Lack{"libguestfs has no description of its appliance here",
                    os::install_command("libguestfs0")};
  // supermin copies this folder's attributes even when the modules come from elsewhere.
  if (!fs::exists("/lib/modules"))
    return os::Lack{"supermin needs a folder /lib/modules, even an empty one",
                    "as root, run: mkdir -p /usr/lib/modules"};
  return std::nullopt;
}

std::optional<ApplianceKernel> host_kernel(const fs::path& root) {
  std::set<fs::path> images;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root / "boot", failed)) {
    if (entry.path().filename().string().starts_with("vmlinuz-")) images.insert(entry.path());
  }
  std::optional<ApplianceKernel> found;
  for (const fs::path& image : images) {
    const std::string release = image.filename().string().substr(std::string("vmlinuz-").size());
    const fs::path modules = root / "lib/modules" / release;
    // Ubuntu lets only root read kernels.
    if (::access(image.c_str(), R_OK) == 0 && fs::is_directory(modules, failed))
      found = ApplianceKernel{image, modules, release};
  }
  return found;
}

bool is_appliance(const fs::path& folder) { return fs::is_regular_file(folder / ready_mark); }

void make_appliance(const os::Runner& runner, const std::optional<ApplianceKernel>& kernel,
                    const fs::path& folder) {
  const os::Environment standard(os::Command().env, "/", {});
  if (const auto lack = appliance_lack(standard)) throw os::error_of(*lack);
  os::Command command;
  command.program = "supermin";
  command.args = {"--build",
                  "--copy-kernel",
                  "-f",
                  "ext2",
                  "--host-cpu",
                  "x86_64",
                  description_folder().value().string(),
                  "-o",
                  folder.string()};
  if (kernel) {
    command.env["SUPERMIN_KERNEL"] = kernel->image.string();
    command.env["SUPERMIN_KERNEL_VERSION"] = kernel->release;
    command.env["SUPERMIN_MODULES"] = kernel->modules.string();
  }
  command.timeout = std::chrono::minutes(10);
  command.why = "make the appliance that reads disks";
  os::require(runner, command, Fault::environment);
  os::write_file(folder / ready_mark, "An appliance of libguestfs.\n");
}

}  // namespace ingot::guest
