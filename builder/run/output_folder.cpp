// SPDX-License-Identifier: Apache-2.0
#include "run/output_folder.hpp"

#include <fcntl.h>
#include <stdio.h>

#include <cerrno>

#include "base/error.hpp"

namespace ingot::run {
namespace fs = std::filesystem;

namespace {

fs::path made(fs::path folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_errno("making the output folder " + folder.string(), error.value());
  return folder;
}

}  // namespace

OutputFolder::OutputFolder(fs::path parent, std::string name)
    : target_(made(std::move(parent)) / name),
      staging_("." + name + ".partial", target_.parent_path()),
      release_(staging_.path() / "release"),
      scratch_(staging_.path() / "scratch") {
  fs::create_directory(release_);
  fs::create_directory(scratch_);
}

fs::path OutputFolder::commit() {
  const auto rename = [&](unsigned flags) {
    return ::renameat2(AT_FDCWD, release_.c_str(), AT_FDCWD, target_.c_str(), flags) == 0;
  };
  if (rename(RENAME_NOREPLACE)) return target_;
  if (errno != EEXIST) throw_errno("naming the release " + target_.string());
  if (!fs::is_directory(fs::symlink_status(target_)))
    throw Error(Fault::input, target_.string() + " exists and is no folder; move it away");
  if (!rename(RENAME_EXCHANGE)) throw_errno("replacing the release " + target_.string());
  return target_;  // the old release now lies in the staging folder and goes with it
}

}  // namespace ingot::run
