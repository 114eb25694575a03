// SPDX-License-Identifier: Apache-2.0
#include "store/store.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "os/file_stamp.hpp"

namespace ingot::store {
namespace {

namespace fs = std::filesystem;

void make_folders(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    throw Error(Fault::io, "cannot make folder " + folder.string() + ": " + failed.message());
}

void copy_content(const fs::path& from, os::AtomicFile& to) {
  const os::Fd source = os::open_file(from, O_RDONLY);
  std::vector<std::uint8_t> buffer(1U << 18);
  while (const std::size_t count = os::read_some(source.get(), buffer, from))
    to.write(std::span<const std::uint8_t>(buffer).first(count));
}

void remove_file(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) throw_errno("cannot remove " + file.string());
}

std::string stages_lock_name() { return "stages"; }

}  // namespace

Store::Store(fs::path folder) : folder_(std::move(folder)), use_(folder_) {
  during("opening the store " + folder_.string(), [&] {
    for (const char* part : {"blobs/sha256", "trees", "locks", "tmp", "tmp/downloads"})
      make_folders(folder_ / part);
    sweep();
  });
}

fs::path Store::blob_path(const Sha256& digest) const {
  const std::string hex = digest.hex();
  return folder_ / "blobs" / "sha256" / hex.substr(0, 2) / hex;
}

std::optional<fs::path> Store::find_blob(const Sha256& digest, std::optional<Bytes> size) const {
  fs::path path = blob_path(digest);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return std::nullopt;
    throw_errno("cannot look at " + path.string());
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  if (size && static_cast<std::uint64_t>(status.st_size) != size->count) return std::nullopt;
  os::note_use(path);
  return path;
}

fs::path Store::add_blob(const fs::path& file, const Sha256& digest) const {
  const fs::path target = blob_path(digest);
  make_folders(target.parent_path());
  if (::chmod(file.c_str(), 0444) != 0) throw_errno("cannot set the mode of " + file.string());
  // Renaming over an equal blob is harmless: whoever has the old one open keeps reading it.
  if (std::rename(file.c_str(), target.c_str()) == 0) return target;
  if (errno != EXDEV) throw_errno("cannot rename " + file.string() + " to " + target.string());
  os::AtomicFile copy(target, 0444);
  copy_content(file, copy);
  copy.commit();
  remove_file(file);
  return target;
}

void Store::verify_blob(const Sha256& digest) const {
  const fs::path path = blob_path(digest);
  const Sha256 found = crypto::digest_of_file(path);
  if (found != digest)
    throw Error(Fault::verification,
                format("{} is damaged: its digest is {}; remove the file and fetch it again",
                       path.string(), found.hex()));
}

fs::path Store::entry_path(const Sha256& key) const { return folder_ / "trees" / key.hex(); }

std::optional<Entry> Store::find_entry(const Sha256& key) const {
  const fs::path path = entry_path(key);
  const auto text = os::read_file_if_any(path / "meta.json", 16U << 20);
  if (!text) return std::nullopt;
  const auto meta = nlohmann::json::parse(*text, nullptr, false);
  const bool sound = meta.is_object() && meta.contains("facts") && meta["facts"].is_object();
  // A damaged entry is no result; the step is simply done again.
  if (!sound) return std::nullopt;
  Entry entry;
  entry.root = path / "root";
  entry.folder = path;
  for (const auto& [name, value] : meta["facts"].items()) {
    if (!value.is_string()) return std::nullopt;
    entry.facts[name] = value.get<std::string>();
  }
  if (meta.contains("created") && meta["created"].is_number_integer())
    entry.created = meta["created"].get<std::int64_t>();
  os::note_use(path / "meta.json");
  return entry;
}

std::optional<Stage> Store::begin_entry(const Sha256& key) const {
  os::FileLock key_lock = os::FileLock::wait(folder_ / "locks" / (key.hex() + ".lock"));
  if (find_entry(key)) return std::nullopt;
  // An entry without sound facts is in the way of ours.
  os::remove_tree(entry_path(key));
  return Stage(std::move(key_lock), make_scratch(), entry_path(key));
}

std::vector<Sha256> Store::note_newest(std::string_view series, const Sha256& key,
                                       std::size_t count) const {
  const os::FileLock alone = os::FileLock::wait(folder_ / "locks" / "newest");
  std::vector<Sha256> keys = newest(series);
  std::erase(keys, key);
  keys.insert(keys.begin(), key);
  std::string text;
  const auto kept = static_cast<std::ptrdiff_t>(std::min(count, keys.size()));
  for (auto at = keys.begin(); at != keys.begin() + kept; ++at) text += at->hex() + "\n";
  os::write_file(folder_ / "newest" / series, text);
  keys.erase(keys.begin(), keys.begin() + kept);
  return keys;
}

void Store::keep_newest(std::string_view series, const Sha256& key, std::size_t count) const {
  for (const Sha256& forgotten : note_newest(series, key, count)) remove_entry(forgotten);
}

std::vector<Sha256> Store::newest_of(std::string_view name) const {
  std::vector<Sha256> keys;
  std::error_code failed;
  for (fs::directory_iterator at(folder_ / "newest" / name, failed), end; at != end; ++at)
    for (const Sha256& key : newest(std::string(name) + "/" + at->path().filename().string()))
      keys.push_back(key);
  return keys;
}

std::vector<Sha256> Store::newest_named(std::string_view name) const {
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder_ / "newest", failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code absent;
    const fs::path series = at->path() / name;
    const auto noted = fs::last_write_time(series, absent);
    if (!absent) found.emplace_back(noted, (at->path().filename() / name).string());
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<Sha256> keys;
  for (const auto& [noted, series] : found)
    for (const Sha256& key : newest(series)) keys.push_back(key);
  return keys;
}

std::vector<Sha256> Store::newest(std::string_view series) const {
  std::vector<Sha256> keys;
  const auto text = os::read_file_if_any(folder_ / "newest" / series, 1U << 20);
  if (!text) return keys;
  for (const std::string& line : split(*text, '\n')) {
    if (line.empty()) continue;
    try {
      keys.push_back(Sha256::from_hex(line));
    } catch (const Error&) {
      return {};  // cut off or altered: what it named is swept away with age
    }
  }
  return keys;
}

Scratch Store::make_scratch() const {
  // Between making the folder and holding its marker no sweep may take it for a dead one.
  const os::FileLock quiet = os::FileLock::wait(folder_ / "locks" / stages_lock_name());
  os::TempDir base("stage", folder_ / "tmp");
  auto alive = os::FileLock::try_now(base.path() / "alive");
  if (!alive) throw Error(Fault::internal, "a new folder is locked already (this is a bug)");
  return Scratch(base.keep(), std::move(*alive));
}

void Store::remove_entry(const Sha256& key) const {
  const os::FileLock key_lock = os::FileLock::wait(folder_ / "locks" / (key.hex() + ".lock"));
  const fs::path path = entry_path(key);
  // Without its facts the entry does not count, even when removing the tree is cut short.
  remove_file(path / "meta.json");
  os::remove_tree(path);
}

void Store::sweep() const {
  std::vector<fs::path> dead;
  {
    const auto quiet = os::FileLock::try_now(folder_ / "locks" / stages_lock_name());
    if (!quiet) return;  // somebody is about to begin or to sweep; the next one will do it
    std::error_code failed;
    for (const auto& item : fs::directory_iterator(folder_ / "tmp", failed)) {
      const std::string name = item.path().filename().string();
      if (name.starts_with("dead-")) dead.push_back(item.path());
      if (!name.starts_with("stage-")) continue;
      const auto lock = os::FileLock::try_now(item.path() / "alive");
      if (!lock) continue;
      // Renamed under the lock, removed without it: big trees take their time.
      dead.push_back(folder_ / "tmp" / ("dead-" + name));
      fs::rename(item.path(), dead.back(), failed);
    }
  }
  for (const fs::path& folder : dead) {
    try {
      os::remove_tree(folder);
    } catch (const Error&) {
      // Another process removes it too, or something is mounted there; it harms nobody.
    }
  }
}

}  // namespace ingot::store
