// SPDX-License-Identifier: Apache-2.0
// The content of listed files, read at any place by several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "archive/file_list.hpp"
#include "os/fd.hpp"

namespace ingot::archive {

/// Opens a regular file of a list. Called on several threads at once.
using OpenContent = std::function<os::Fd(const ListedFile& file)>;

/// From the tree that was listed.
OpenContent content_below(const std::filesystem::path& root);

/// Fault::io unless the file has the size that the list says.
os::Fd open_content(const OpenContent& open, const ListedFile& file);

/// Fills `buffer` from `offset`; Fault::io when the file has become shorter.
void read_content(const os::Fd& fd, const ListedFile& file, std::uint64_t offset,
                  std::span<std::uint8_t> buffer);

}  // namespace ingot::archive
