// SPDX-License-Identifier: Apache-2.0
// A dm-verity hash tree behind the data that it proves, in the same file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/digest.hpp"
#include "disk/guid.hpp"

namespace ingot::disk {

/// Bytes of a data block and of a block of the tree, the only sizes that we write.
constexpr std::uint64_t verity_block = 4096;

struct VeritySpec {
  Sha256 salt;           ///< hashed in front of every block
  Guid uuid;             ///< of the superblock
  unsigned workers = 0;  ///< 0: one for each processor; never changes the bytes
};

struct Verity {
  Sha256 root_hash;
  std::uint64_t data_blocks = 0;
  std::uint64_t hash_offset = 0;  ///< byte of the file at which the superblock lies
  std::uint64_t size = 0;         ///< of the file with its tree
};

/// Bytes of superblock and tree behind that many blocks of data.
std::uint64_t verity_size(std::uint64_t data_blocks);

/// The superblock as veritysetup writes it, one block long: hash type 1, SHA-256.
std::vector<std::uint8_t> verity_superblock(const VeritySpec& spec, std::uint64_t data_blocks);

/// Fills the file of `fd` (open for reading and writing) with zeros up to a whole block and appends
/// superblock and tree (Documentation/admin-guide/device-mapper/verity.rst of Linux, cryptsetup's
/// superblock): what `veritysetup format --hash-offset=<hash_offset>` makes of the same data, salt
/// and UUID, byte for byte. Memory does not grow with the data. Fault::input for an empty file.
Verity append_verity(int fd, const std::filesystem::path& name, const VeritySpec& spec);

}  // namespace ingot::disk
