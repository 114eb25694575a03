// SPDX-License-Identifier: Apache-2.0
// The content of regular files on its way into their blocks.
#pragma once

#include <cstdint>
#include <functional>

#include "archive/content.hpp"
#include "disk/block_stream.hpp"
#include "os/fd.hpp"

namespace ingot::disk {

using archive::OpenContent;

class ContentReader {
public:
  explicit ContentReader(const OpenContent& open) : open_(open) {}

  /// Copies the part of `file` from byte `from` on into `size` bytes of the stream at `offset`;
  /// what lies behind the end of the file becomes zero, and large holes are passed over. Fault::io
  /// when the file is not of the size that the list says.
  void copy(const archive::ListedFile& file, std::uint64_t from, std::uint64_t size,
            BlockStream& stream, std::uint64_t offset);

private:
  void open(const archive::ListedFile& file);

  const OpenContent& open_;
  const archive::ListedFile* current_ = nullptr;
  os::Fd fd_;
};

}  // namespace ingot::disk
