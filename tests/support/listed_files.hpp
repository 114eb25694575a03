// SPDX-License-Identifier: Apache-2.0
// Lists of files that no tree is needed for.
#pragma once

#include <string>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::test {

inline archive::ListedFile listed_folder(const std::string& path) {
  archive::ListedFile file;
  file.path = path;
  file.kind = os::FileKind::folder;
  file.mode = 0755;
  return file;
}

inline archive::ListedFile listed_link(const std::string& path, const std::string& target) {
  archive::ListedFile file;
  file.path = path;
  file.kind = os::FileKind::link;
  file.mode = 0777;
  file.target = target;
  return file;
}

/// `seed` stands for the content: another one, another digest.
inline archive::ListedFile listed_file(const std::string& path, std::uint64_t size = 1,
                                       std::uint8_t seed = 0) {
  archive::ListedFile file;
  file.path = path;
  file.mode = 0644;
  file.size = size;
  file.digest = Sha256({seed, static_cast<std::uint8_t>(size)});
  return file;
}

/// In order, with a folder for each path that needs one.
inline std::vector<archive::ListedFile> listed_tree(std::vector<archive::ListedFile> files) {
  std::vector<std::string> folders = {"."};
  for (const archive::ListedFile& file : files)
    for (std::size_t at = file.path.find('/'); at != std::string::npos;
         at = file.path.find('/', at + 1))
      folders.push_back(file.path.substr(0, at));
  for (const std::string& folder : folders) {
    bool known = false;
    for (const archive::ListedFile& file : files) known = known || file.path == folder;
    if (!known) files.push_back(listed_folder(folder));
  }
  archive::put_in_order(files);
  return files;
}

}  // namespace ingot::test
