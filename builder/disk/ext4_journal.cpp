// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_journal.hpp"

#include <algorithm>
#include <span>

#include "base/little_endian.hpp"
#include "disk/ext4_geometry.hpp"

namespace ingot::disk {

std::vector<std::uint8_t> journal_superblock(std::uint32_t blocks, const Guid& file_system) {
  std::vector<std::uint8_t> bytes(ext4_block_size);
  const std::span<std::uint8_t> record(bytes);
  const auto store = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      record[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    }
  };
  store(0x00, 0xc03b3998);  // magic number
  store(0x04, 4);           // a superblock of version 2
  store(0x0c, ext4_block_size);
  store(0x10, blocks);
  store(0x14, 1);  // the first block of the log
  store(0x18, 1);  // the first transaction; with no start of the log there is none
  std::copy(file_system.text_bytes().begin(), file_system.text_bytes().end(),
            record.subspan(0x30).begin());
  store(0x40, 1);  // users
  return bytes;
}

}  // namespace ingot::disk
