// SPDX-License-Identifier: Apache-2.0
// The cache on disk: files by the digest of their bytes, step results by the key of their inputs.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "os/file_lock.hpp"
#include "store/cache_use.hpp"

namespace ingot::store {

/// What a finished step left: a tree and a few named facts about it.
struct Entry {
  std::filesystem::path root;
  std::filesystem::path folder = {};  ///< holds root, and what was put beside it
  std::map<std::string, std::string> facts;
  std::int64_t created = 0;  ///< seconds since 1970, for listing only
};

/// A folder for the time of one piece of work, removed by the destructor; when the process dies
/// before, the next one that opens the store removes it.
class Scratch {
public:
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Removes it now; Fault::io when that fails.
  void remove();

private:
  friend class Store;
  Scratch(std::filesystem::path path, os::FileLock alive)
      : path_(std::move(path)), alive_(std::move(alive)) {}
  std::filesystem::path path_;  ///< empty once removed
  std::optional<os::FileLock> alive_;
};

/// A result in the making; holds the lock of its key. Without commit() the destructor removes it.
class Stage {
public:
  /// The folder that becomes the entry's root; exists and is empty at first.
  const std::filesystem::path& folder() const noexcept { return folder_; }
  /// Where a file of that name is kept beside the root, for facts too long for commit().
  std::filesystem::path beside(std::string_view name) const { return folder_.parent_path() / name; }
  /// An empty folder on the same file system, fit to be an overlay's work folder; never kept.
  const std::filesystem::path& work() const noexcept { return work_; }
  /// Another folder for leftovers of the build (logs, downloads, mount points); never kept.
  const std::filesystem::path& scratch() const noexcept { return scratch_; }

  /// Gives the folder its final name. The stage is over then.
  Entry commit(const std::map<std::string, std::string>& facts);

private:
  friend class Store;
  Stage(os::FileLock key_lock, Scratch base, std::filesystem::path target);
  std::optional<os::FileLock> key_lock_;  ///< let go after the folders are gone
  Scratch base_;
  std::filesystem::path target_;
  std::filesystem::path folder_;
  std::filesystem::path work_;
  std::filesystem::path scratch_;
};

/// Layout below the folder: blobs/sha256/<aa>/<hex>, trees/<hex>/{root/,meta.json,...},
/// newest/<series>, locks/, tmp/.
/// Any number of processes and threads may use one folder at a time; while one does, nobody clears
/// it.
class Store {
public:
  /// Makes the folder and sweeps what dead processes left in tmp/.
  explicit Store(std::filesystem::path folder);

  const std::filesystem::path& folder() const noexcept { return folder_; }

  std::filesystem::path blob_path(const Sha256& digest) const;
  /// The blob's file; with `size`, a file of another size (a crash while writing) counts as absent.
  std::optional<std::filesystem::path> find_blob(const Sha256& digest,
                                                 std::optional<Bytes> size = {}) const;
  /// Takes over `file`, whose digest the caller has checked; read-only afterwards. Safe when
  /// several add the same blob at once. Returns where it is.
  std::filesystem::path add_blob(const std::filesystem::path& file, const Sha256& digest) const;
  /// Reads the blob; Fault::verification when its bytes are not those of its name, Fault::io when
  /// absent.
  void verify_blob(const Sha256& digest) const;

  std::optional<Entry> find_entry(const Sha256& key) const;
  /// Waits while another builds the same key. Nothing when the entry exists (it may have been made
  /// while we waited): look again with find_entry.
  std::optional<Stage> begin_entry(const Sha256& key) const;
  void remove_entry(const Sha256& key) const;

  /// Notes `key` as the newest entry of `series` ("debian-13/disk"), and forgets those beyond the
  /// newest `count`, which it returns.
  std::vector<Sha256> note_newest(std::string_view series, const Sha256& key,
                                  std::size_t count) const;
  /// The same, and removes the entries that were forgotten.
  void keep_newest(std::string_view series, const Sha256& key, std::size_t count) const;
  /// Of all series below a name ("debian-13").
  std::vector<Sha256> newest_of(std::string_view name) const;
  /// Of the series of that name below others ("disk": "debian-13/disk", ...), those noted last
  /// first.
  std::vector<Sha256> newest_named(std::string_view name) const;
  /// The newest first; entries may be gone. Nothing when nothing was noted or the note is damaged.
  std::vector<Sha256> newest(std::string_view series) const;

  /// A new folder on the store's file system.
  Scratch make_scratch() const;

  /// Where unfinished downloads stay between runs.
  std::filesystem::path downloads() const { return folder_ / "tmp" / "downloads"; }

private:
  std::filesystem::path entry_path(const Sha256& key) const;
  void sweep() const;
  std::filesystem::path folder_;
  CacheUse use_;
};

}  // namespace ingot::store
