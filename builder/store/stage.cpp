// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <utility>

#include <sys/stat.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "store/store.hpp"

namespace ingot::store {
namespace {

std::filesystem::path made(std::filesystem::path folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    throw Error(Fault::io, "cannot make folder " + folder.string() + ": " + failed.message());
  // The root of a tree becomes the root of an image: its mode must not depend on our umask.
  if (::chmod(folder.c_str(), 0755) != 0) throw_errno("cannot set the mode of " + folder.string());
  return folder;
}

}  // namespace

Stage::Stage(os::FileLock key_lock, os::FileLock alive, std::filesystem::path base,
             std::filesystem::path target)
    : key_lock_(std::move(key_lock)),
      alive_(std::move(alive)),
      base_(std::move(base)),
      target_(std::move(target)),
      folder_(made(base_ / "entry" / "root")),
      work_(made(base_ / "work")),
      scratch_(made(base_ / "scratch")) {}

Stage::Stage(Stage&& other) noexcept
    : key_lock_(std::exchange(other.key_lock_, std::nullopt)),
      alive_(std::exchange(other.alive_, std::nullopt)),
      base_(std::exchange(other.base_, std::filesystem::path{})),
      target_(std::move(other.target_)),
      folder_(std::move(other.folder_)),
      work_(std::move(other.work_)),
      scratch_(std::move(other.scratch_)) {}

Stage::~Stage() {
  if (base_.empty()) return;
  try {
    os::remove_tree(base_);
  } catch (...) {
    // What is left is swept by the next process that opens the store.
  }
}

Entry Stage::commit(const std::map<std::string, std::string>& facts) {
  if (base_.empty()) throw Error(Fault::internal, "a stage was committed twice (this is a bug)");
  const std::int64_t created = os::system_clock().unix_time();
  const nlohmann::json meta = {{"facts", facts}, {"created", created}};
  os::write_file(base_ / "entry" / "meta.json", meta.dump(1) + "\n");
  made(target_.parent_path());
  if (std::rename((base_ / "entry").c_str(), target_.c_str()) != 0) {
    // Somebody else's entry of the same key is as good as ours.
    if (errno != EEXIST && errno != ENOTEMPTY)
      throw_errno("cannot rename a finished step to " + target_.string());
  }
  const std::filesystem::path base = std::exchange(base_, std::filesystem::path{});
  os::remove_tree(base);
  alive_.reset();
  key_lock_.reset();
  return Entry{target_ / "root", facts, created};
}

}  // namespace ingot::store
