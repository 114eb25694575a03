// SPDX-License-Identifier: Apache-2.0
#include "disk/verity.hpp"

#include <algorithm>
#include <future>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "crypto/hasher.hpp"
#include "os/place.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint64_t digests_in_block = verity_block / Sha256::size;

std::uint64_t blocks_of(std::uint64_t count, std::uint64_t in_one) {
  return count / in_one + (count % in_one != 0 ? 1 : 0);
}

/// Blocks of each level, the one over the data first; the last has one block. A single block of
/// data has no levels: its hash is the root.
std::vector<std::uint64_t> levels_over(std::uint64_t data_blocks) {
  std::vector<std::uint64_t> levels;
  for (std::uint64_t below = data_blocks; below > 1; below = levels.back()) {
    levels.push_back(blocks_of(below, digests_in_block));
  }
  return levels;
}

/// Blocks that lie one after another in the file.
struct Run {
  std::uint64_t first = 0;  ///< in blocks from the file's start
  std::uint64_t count = 0;
};

class TreeWriter {
public:
  TreeWriter(int fd, const std::filesystem::path& name, const VeritySpec& spec)
      : fd_(fd),
        name_(name),
        salt_(spec.salt),
        workers_(spec.workers != 0 ? spec.workers
                                   : std::max(1U, std::thread::hardware_concurrency())) {}

  /// Fills the blocks of `parents` with the hashes of those of `children`.
  void write_level(const Run& children, const Run& parents) const {
    const std::uint64_t share = blocks_of(parents.count, workers_);
    std::vector<std::future<void>> shares;
    for (std::uint64_t at = 0; at < parents.count; at += share) {
      const std::uint64_t end = std::min(parents.count, at + share);
      shares.push_back(std::async(std::launch::async, [this, children, parents, at, end] {
        write_share(children, parents, at, end);
      }));
    }
    for (std::future<void>& each : shares) each.get();
  }

  Sha256 hash_of_block(std::uint64_t block) const {
    std::vector<std::uint8_t> bytes(verity_block);
    os::read_at(fd_, name_, block * verity_block, bytes);
    return crypto::Hasher().update(salt_.bytes()).update(bytes).finish();
  }

private:
  void write_share(const Run& children, const Run& parents, std::uint64_t at,
                   std::uint64_t end) const {
    crypto::Hasher hasher;
    std::vector<std::uint8_t> below(digests_in_block * verity_block);
    std::vector<std::uint8_t> block(verity_block);
    for (; at < end; ++at) {
      const std::uint64_t first = at * digests_in_block;
      const std::uint64_t count = std::min(digests_in_block, children.count - first);
      const std::span<std::uint8_t> bytes(below.data(), count * verity_block);
      os::read_at(fd_, name_, (children.first + first) * verity_block, bytes);
      std::fill(block.begin(), block.end(), std::uint8_t{0});
      for (std::uint64_t i = 0; i < count; ++i) {
        const Sha256 hash = hasher.update(salt_.bytes())
                                .update(bytes.subspan(i * verity_block, verity_block))
                                .finish();
        std::copy(hash.bytes().begin(), hash.bytes().end(),
                  block.begin() + static_cast<std::ptrdiff_t>(i * Sha256::size));
      }
      os::write_at(fd_, name_, (parents.first + at) * verity_block, block);
    }
  }

  int fd_;
  const std::filesystem::path& name_;
  Sha256 salt_;
  unsigned workers_;
};

std::uint64_t padded_size(int fd, const std::filesystem::path& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_errno(format("cannot read {}", name.string()));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size == 0) throw Error(Fault::input, format("{} is empty: nothing to hash", name.string()));
  const std::uint64_t padded = blocks_of(size, verity_block) * verity_block;
  if (padded != size && ::ftruncate(fd, static_cast<off_t>(padded)) != 0) {
    throw_errno(format("cannot extend {}", name.string()));
  }
  return padded;
}

}  // namespace

std::uint64_t verity_size(std::uint64_t data_blocks) {
  std::uint64_t blocks = 1;
  for (const std::uint64_t level : levels_over(data_blocks)) blocks += level;
  return blocks * verity_block;
}

std::vector<std::uint8_t> verity_superblock(const VeritySpec& spec, std::uint64_t data_blocks) {
  RecordWriter record;
  record.text("verity").zeros(2);
  record.u32(1);  // version of the superblock
  record.u32(1);  // hash type: the salt comes first
  record.raw(spec.uuid.text_bytes());
  record.text("sha256").pad_to(64);
  record.u32(static_cast<std::uint32_t>(verity_block))
      .u32(static_cast<std::uint32_t>(verity_block));
  record.u64(data_blocks);
  record.u16(static_cast<std::uint16_t>(Sha256::size)).zeros(6);
  record.raw(spec.salt.bytes());
  record.pad_to(512).pad_to(verity_block);
  return record.bytes();
}

Verity append_verity(int fd, const std::filesystem::path& name, const VeritySpec& spec) {
  Verity verity;
  verity.hash_offset = padded_size(fd, name);
  verity.data_blocks = verity.hash_offset / verity_block;
  verity.size = verity.hash_offset + verity_size(verity.data_blocks);
  os::write_at(fd, name, verity.hash_offset, verity_superblock(spec, verity.data_blocks));

  // The tree's top lies first, the level over the data last and at the file's end.
  const TreeWriter writer(fd, name, spec);
  Run children{0, verity.data_blocks};
  std::uint64_t end = verity.size / verity_block;
  for (const std::uint64_t count : levels_over(verity.data_blocks)) {
    const Run parents{end - count, count};
    writer.write_level(children, parents);
    children = parents;
    end = parents.first;
  }
  verity.root_hash = writer.hash_of_block(children.first);
  return verity;
}

}  // namespace ingot::disk
