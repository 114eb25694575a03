// SPDX-License-Identifier: Apache-2.0
// Writing a FAT32 file system with given files; the same request gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace ingot::disk {

/// A file of the EFI system partition. Its folders are made.
struct EspFile {
  std::string path;              ///< inside, ASCII, '/' between names: "EFI/BOOT/BOOTX64.EFI"
  std::filesystem::path source;  ///< on the host
};

struct FatSpec {
  std::uint64_t offset = 0;  ///< of the partition in the file, in bytes
  Bytes size;
  std::uint32_t volume_id = 0;
  std::string label = "ESP";  ///< at most 11 characters
  std::int64_t epoch = 0;     ///< the time of every file and folder
  std::vector<EspFile> files;
};

/// Writes into an open file whose bytes at the partition's place are all zero; only what is not
/// zero is written, so a sparse file stays sparse. Fault::input when names are not possible in
/// FAT, two are the same without regard to case, or the files do not fit (needed and given sizes
/// are in the message).
void write_fat(int fd, const std::filesystem::path& name, const FatSpec& spec);

}  // namespace ingot::disk
