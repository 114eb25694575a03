// SPDX-License-Identifier: Apache-2.0
// A folder into which entries of foreign origin are put: every path resolves as if this folder were
// the root of the file system, so that no link leads out of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "os/fd.hpp"

namespace ingot::archive {

struct Attributes {
  unsigned mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  std::int64_t mtime = 0;
  std::map<std::string, std::string> xattrs;
  std::uint32_t nanoseconds = 0;  ///< of mtime
};

/// Exact: folders that were there take the attributes too, and links, pipes and devices take
/// theirs.
enum class Fidelity { usual, exact };

/// All paths are relative, without "." and ".." and empty components.
class Destination {
public:
  explicit Destination(const std::filesystem::path& root, Fidelity fidelity = Fidelity::usual);

  /// A folder, or a link to one, that exists stays as it is, but for its attributes if those are
  /// exact.
  void add_folder(const std::string& path, Attributes attributes);
  /// The new file, open for writing; `finish_file` gives it its attributes.
  os::Fd add_file(const std::string& path);
  void finish_file(const os::Fd& file, const std::string& path, const Attributes& attributes);
  /// Where a folder is, the folder stays (as dpkg does).
  void add_link(const std::string& path, const std::string& target, const Attributes& attributes);
  /// `existing` is a file or link that is there.
  void add_hard_link(const std::string& path, const std::string& existing);
  void add_fifo(const std::string& path, const Attributes& attributes);
  /// `type` is S_IFCHR or S_IFBLK.
  void add_device(const std::string& path, mode_t type, dev_t device, const Attributes& attributes);

  /// Gives the new folders their attributes: last, since files were still to come and change times.
  void finish();

private:
  struct Inode {
    dev_t device = 0;
    ino_t number = 0;
    auto operator<=>(const Inode&) const = default;
  };

  /// The folder of `path` and its last component; missing folders are made.
  std::pair<int, std::string> place_of(const std::string& path);
  os::Fd open_folder(const std::string& path, bool make);
  /// Whether `path` leads to a folder, also through links.
  bool is_folder(const std::string& path);
  void make_way(int folder, const std::string& name, const std::string& path);
  void add_node(const std::string& path, mode_t type, dev_t device, const Attributes& attributes);
  /// Of what cannot be opened.
  void apply_to_node(int folder, const std::string& name, const std::string& path,
                     const Attributes& attributes);

  std::string where(std::string_view path) const;

  std::filesystem::path root_name_;
  os::Fd root_;
  Fidelity fidelity_;
  bool is_root_user_;
  std::optional<std::string> open_path_;  ///< of open_folder_, the folder used last
  os::Fd open_folder_;
  std::set<Inode> made_;  ///< folders that were not there before
  std::map<std::string, Attributes> folders_;
};

}  // namespace ingot::archive
