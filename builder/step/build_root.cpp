// SPDX-License-Identifier: Apache-2.0
#include "step/build_root.hpp"

#include "archive/deb.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"

namespace ingot::step {
namespace fs = std::filesystem;

namespace {

// Compilers and mkfs read none of these, and they are a third of the bytes.
bool needed(std::string_view path) {
  constexpr std::string_view skipped[] = {"usr/share/doc/",    "usr/share/man/",
                                          "usr/share/locale/", "usr/share/info/",
                                          "usr/share/bug/",    "usr/share/lintian/"};
  for (const std::string_view prefix : skipped)
    if (path.starts_with(prefix)) return false;
  return true;
}

}  // namespace

void merge_usr(const fs::path& root) {
  for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
    fs::create_directories(root / "usr" / name);
    if (!fs::exists(fs::symlink_status(root / name)))
      fs::create_directory_symlink(fs::path("usr") / name, root / name);
  }
}

fs::path blob_of(const store::Store& store, const spec::LockedPackage& package) {
  const auto blob = store.find_blob(package.sha256, package.size);
  if (!blob) {
    throw Error(Fault::environment, "package " + package.name + " " + package.version +
                                        " is not in the store; `ingot fetch` brings it");
  }
  return *blob;
}

fs::path sound_blob_of(const store::Store& store, const spec::LockedPackage& package) {
  fs::path blob = blob_of(store, package);
  during("reading package " + package.name + " " + package.version,
         [&] { store.verify_blob(package.sha256); });
  return blob;
}

void make_build_root(const Workplace& workplace, store::Stage& stage,
                     const BuildRootRequest& request) {
  const fs::path& root = stage.folder();
  merge_usr(root);
  std::uint64_t done = 0;
  for (const spec::LockedPackage& package : request.packages) {
    os::check_stop();
    during("unpacking " + package.name + " into the build root", [&] {
      archive::extract_deb(sound_blob_of(workplace.store, package), root,
                           {.keep = needed, .listing = {}, .limits = {}});
    });
    workplace.report.step_progress(request.step, ++done, request.packages.size());
  }
  if (!request.lowest) return;
  if (!fs::exists(fs::symlink_status(root / "usr/bin/awk")))
    fs::create_symlink("mawk", root / "usr/bin/awk");
  fs::create_directories(root / "etc");
  os::write_file(root / "etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  os::write_file(root / "etc/group", "root:x:0:\n");
  fs::create_directories(root / "root");
}

}  // namespace ingot::step
