// SPDX-License-Identifier: Apache-2.0
#include "run/output_folder.hpp"

#include <fcntl.h>
#include <stdio.h>

#include <cerrno>
#include <vector>

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

std::string prefix_of(const std::string& name) { return "." + name + ".partial"; }

/// What builds of the same name left that were killed.
void sweep(const fs::path& folder, const std::string& prefix) {
  std::vector<fs::path> dead;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (at->path().filename().string().starts_with(prefix + "-")) dead.push_back(at->path());
  for (const fs::path& path : dead)
    during("removing what an earlier build left", [&] { os::remove_tree(path); });
}

fs::path swept(fs::path folder, const std::string& name) {
  sweep(folder, prefix_of(name));
  return folder;
}

}  // namespace

OutputFolder::OutputFolder(fs::path parent, std::string name)
    : target_(swept(made(std::move(parent)), name) / name),
      staging_(prefix_of(name), target_.parent_path()),
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
