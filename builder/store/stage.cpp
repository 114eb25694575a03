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

Scratch::Scratch(Scratch&& other) noexcept
    : path_(std::exchange(other.path_, std::filesystem::path{})),
      alive_(std::exchange(other.alive_, std::nullopt)) {}

Scratch::~Scratch() {
  try {
    remove();
  } catch (...) {
    // What is left is swept by the next process that opens the store.
  }
}

void Scratch::remove() {
  if (path_.empty()) return;
  const std::filesystem::path path = std::exchange(path_, std::filesystem::path{});
  os::remove_tree(path);
  alive_.reset();
}

Stage::Stage(os::FileLock key_lock, Scratch base, std::filesystem::path target)
    : key_lock_(std::move(key_lock)),
      base_(std::move(base)),
      target_(std::move(target)),
      folder_(made(base_.path() / "entry" / "root")),
      work_(made(base_.path() / "work")),
      scratch_(made(base_.path() / "scratch")) {}

Entry Stage::commit(const std::map<std::string, std::string>& facts) {
  if (base_.path().empty())
    throw Error(Fault::internal, "a stage was committed twice (this is a bug)");
  const std::int64_t created = os::system_clock().unix_time();
  const nlohmann::json meta = {{"facts", facts}, {"created", created}};
  os::write_file(base_.path() / "entry" / "meta.json", meta.dump(1) + "\n");
  made(target_.parent_path());
  if (std::rename((base_.path() / "entry").c_str(), target_.c_str()) != 0) {
    // Somebody else's entry of the same key is as good as ours.
    if (errno != EEXIST && errno != ENOTEMPTY)
      throw_errno("cannot rename a finished step to " + target_.string());
  }
  base_.remove();
  key_lock_.reset();
  return Entry{.root = target_ / "root", .folder = target_, .facts = facts, .created = created};
}

}  // namespace ingot::store
