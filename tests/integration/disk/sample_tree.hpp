// SPDX-License-Identifier: Apache-2.0
// A tree with everything that file systems treat specially, made in one of two orders.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "os/file.hpp"

namespace ingot::test {

enum class Order { forward, backward };

/// Access and change times are what they happen to be; modification times are fixed for some
/// files and later than any epoch of a test for the others.
inline void make_sample_tree(const std::filesystem::path& tree, Order order) {
  std::filesystem::create_directories(tree / "etc");
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back("file" + std::to_string(i));
  if (order == Order::backward) std::reverse(names.begin(), names.end());
  for (const std::string& name : names) {
    os::write_file(tree / "etc" / name, name + std::string(name.size() * 1000, 'x'));
    const timespec old[2] = {{1'500'000'000 + (order == Order::forward ? 0 : 5000), 0},
                             {1'600'000'000, 0}};
    if (name.back() != '7') ::utimensat(AT_FDCWD, (tree / "etc" / name).c_str(), old, 0);
  }
  std::filesystem::create_hard_link(tree / "etc/file1", tree / "etc/same");
  std::filesystem::create_symlink("/etc/file1", tree / "etc/link");
  std::filesystem::create_symlink(std::string(100, 'y'), tree / "etc/long link");
  ::mkfifo((tree / "pipe").c_str(), 0600);
  ::chmod((tree / "etc/file2").c_str(), 04755);
  ::setxattr((tree / "etc/file3").c_str(), "user.note", "kept", 4, 0);
  const std::string content(300'000, 'z');
  os::write_file(tree / "big", content);
  std::filesystem::resize_file(tree / "big", 3'000'000);
}

}  // namespace ingot::test
