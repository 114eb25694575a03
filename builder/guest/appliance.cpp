// SPDX-License-Identifier: Apache-2.0
#include "guest/appliance.hpp"

#include <chrono>

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

fs::path description_folder() {
  const LibraryHandle library = new_library();
  const char* path = guestfs_get_path(library.get());
  for (const std::string& folder : split(path != nullptr ? path : "", ':')) {
    if (fs::is_directory(fs::path(folder) / "supermin.d")) return fs::path(folder) / "supermin.d";
  }
  throw Error(Fault::environment,
              "libguestfs has no description of its appliance here; install libguestfs0");
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

bool is_appliance(const fs::path& folder) { return fs::is_regular_file(folder / ready_mark); }

void make_appliance(const os::Runner& runner, const std::optional<ApplianceKernel>& kernel,
                    const fs::path& folder) {
  // supermin copies this folder's attributes even when the modules come from elsewhere.
  if (!fs::exists("/lib/modules")) {
    throw Error(Fault::environment,
                "supermin needs a folder /lib/modules, even an empty one; as root: "
                "mkdir -p /usr/lib/modules");
  }
  os::Command command;
  command.program = "supermin";
  command.args = {"--build",
                  "--copy-kernel",
                  "-f",
                  "ext2",
                  "--host-cpu",
                  "x86_64",
                  description_folder().string(),
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
