// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_directory.hpp"

#include <algorithm>
#include <span>
#include <tuple>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "disk/crc32.hpp"
#include "disk/ext4_geometry.hpp"
#include "disk/ext4_name_hash.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t record_head = 8;
constexpr std::size_t dot_size = 12;   // "." and "..", each
constexpr std::size_t tail_size = 12;  // a record that holds the checksum
constexpr std::size_t records_end = ext4_block_size - tail_size;
constexpr std::uint8_t tail_kind = 0xde;
constexpr std::uint8_t half_md4 = 1;
constexpr std::size_t entry_size = 8;       // of an index: hash, block
constexpr std::size_t index_tail_size = 8;  // its checksum
// Where the entries begin: the first has counts instead of its hash.
constexpr std::size_t root_entries_at = 2 * dot_size + 8;
constexpr std::size_t node_entries_at = record_head;
constexpr std::size_t root_limit =
    (ext4_block_size - root_entries_at - index_tail_size) / entry_size;
constexpr std::size_t node_limit =
    (ext4_block_size - node_entries_at - index_tail_size) / entry_size;

std::size_t size_of(const DirectoryRecord& record) {
  return record_head + round_up(record.name.size(), 4);
}

std::uint8_t kind_byte(os::FileKind kind) {
  switch (kind) {
    case os::FileKind::regular:
      return 1;
    case os::FileKind::folder:
      return 2;
    case os::FileKind::character_device:
      return 3;
    case os::FileKind::block_device:
      return 4;
    case os::FileKind::fifo:
      return 5;
    case os::FileKind::socket:
      return 6;
    case os::FileKind::link:
      return 7;
  }
  return 0;
}

}  // namespace

/// Fills one block after another.
class Ext4Directory::Writer {
public:
  Writer(std::size_t blocks, const DirectoryPlace& place, std::uint32_t seed)
      : bytes_(blocks * ext4_block_size), place_(place), seed_(seed) {}

  void list(std::span<const DirectoryRecord> records, bool with_dots) {
    begin();
    if (with_dots) {
      put({".", place_.self, os::FileKind::folder});
      put({"..", place_.parent, os::FileKind::folder});
    }
    for (const DirectoryRecord& record : records) put(record);
    // The last record takes what is left; with none, an unused one does.
    if (at_ == 0) {
      store_le(block_, 4, static_cast<std::uint16_t>(records_end));
    } else {
      store_le(block_, last_ + 4, static_cast<std::uint16_t>(records_end - last_));
    }
    store_le(block_, records_end + 4, static_cast<std::uint16_t>(tail_size));
    block_[records_end + 7] = tail_kind;
    store_le(block_, records_end + 8, crc32c(seed_, block_.first(records_end)));
  }

  void root(std::span<const Leaf> entries, std::uint32_t first_block, bool has_nodes) {
    begin();
    put({".", place_.self, os::FileKind::folder});
    put({"..", place_.parent, os::FileKind::folder});
    store_le(block_, dot_size + 4, static_cast<std::uint16_t>(ext4_block_size - dot_size));
    block_[2 * dot_size + 4] = half_md4;
    block_[2 * dot_size + 5] = 8;  // length of this information
    block_[2 * dot_size + 6] = has_nodes ? 1 : 0;
    put_entries(root_entries_at, root_limit, entries, first_block);
  }

  void node(std::span<const Leaf> entries, std::uint32_t first_block) {
    begin();
    store_le(block_, 4, static_cast<std::uint16_t>(ext4_block_size));
    put_entries(node_entries_at, node_limit, entries, first_block);
  }

  std::vector<std::uint8_t> result() { return std::move(bytes_); }

private:
  void begin() {
    block_ = std::span(bytes_).subspan(next_, ext4_block_size);
    next_ += ext4_block_size;
    at_ = 0;
  }

  void put(const DirectoryRecord& record) {
    const std::size_t size = size_of(record);
    store_le(block_, at_, record.inode);
    store_le(block_, at_ + 4, static_cast<std::uint16_t>(size));
    block_[at_ + 6] = static_cast<std::uint8_t>(record.name.size());
    block_[at_ + 7] = kind_byte(record.kind);
    std::copy(record.name.begin(), record.name.end(), block_.subspan(at_ + record_head).begin());
    last_ = at_;
    at_ += size;
  }

  void put_entries(std::size_t at, std::size_t limit, std::span<const Leaf> entries,
                   std::uint32_t first_block) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      store_le(block_, at + i * entry_size, entries[i].hash);
      store_le(block_, at + i * entry_size + 4, first_block + static_cast<std::uint32_t>(i));
    }
    store_le(block_, at, static_cast<std::uint16_t>(limit));
    store_le(block_, at + 2, static_cast<std::uint16_t>(entries.size()));
    // The entries in use, then the tail with its checksum as zero.
    const std::size_t tail = at + limit * entry_size;
    const std::uint32_t sum = crc32c(seed_, block_.first(at + entries.size() * entry_size));
    store_le(block_, tail + 4, crc32c(sum, block_.subspan(tail, index_tail_size)));
  }

  std::vector<std::uint8_t> bytes_;
  std::span<std::uint8_t> block_;
  std::size_t next_ = 0;
  std::size_t at_ = 0;
  std::size_t last_ = 0;
  DirectoryPlace place_;
  std::uint32_t seed_;
};

Ext4Directory::Ext4Directory(std::vector<DirectoryRecord> records, const Guid& hash_seed,
                             std::uint32_t least_blocks)
    : records_(std::move(records)) {
  std::size_t size = 2 * dot_size;
  for (const DirectoryRecord& record : records_) size += size_of(record);
  if (size <= records_end) {
    blocks_ = least_blocks;
  } else {
    index(hash_seed);
  }
}

/// Orders the records by the hashes of their names and cuts them into blocks.
void Ext4Directory::index(const Guid& hash_seed) {
  struct Hashed {
    std::uint32_t hash;
    DirectoryRecord record;
  };
  std::vector<Hashed> hashed;
  hashed.reserve(records_.size());
  for (const DirectoryRecord& record : records_) {
    hashed.push_back({ext4_name_hash(record.name, hash_seed), record});
  }
  std::sort(hashed.begin(), hashed.end(), [](const Hashed& a, const Hashed& b) {
    return std::tie(a.hash, a.record.name) < std::tie(b.hash, b.record.name);
  });
  std::size_t filled = records_end;
  for (std::size_t i = 0; i < hashed.size(); ++i) {
    records_[i] = hashed[i].record;
    const std::size_t size = size_of(records_[i]);
    if (filled + size > records_end) {
      // A hash that goes on from the block before has its lowest bit set; the first covers all.
      const bool goes_on = i > 0 && hashed[i - 1].hash == hashed[i].hash;
      leaves_.push_back({i, i == 0 ? 0 : hashed[i].hash | (goes_on ? 1U : 0U)});
      filled = 0;
    }
    filled += size;
  }
  if (leaves_.size() > root_limit * node_limit) {
    throw Error(Fault::unsupported, "a folder has more names than its index can hold");
  }
  blocks_ = static_cast<std::uint32_t>(1 + nodes() + leaves_.size());
}

/// Index blocks between the root and the leaves.
std::size_t Ext4Directory::nodes() const noexcept {
  return leaves_.size() <= root_limit ? 0 : (leaves_.size() + node_limit - 1) / node_limit;
}

std::vector<std::uint8_t> Ext4Directory::bytes(const DirectoryPlace& place,
                                               const Ext4Checksum& checksum) const {
  Writer writer(blocks_, place, checksum.seed_of(place.self));
  const std::span<const DirectoryRecord> records(records_);
  if (!indexed()) {
    writer.list(records, true);
    for (std::uint32_t block = 1; block < blocks_; ++block) writer.list({}, false);
    return writer.result();
  }
  const std::span<const Leaf> leaves(leaves_);
  const std::size_t node_count = nodes();
  const auto first_leaf = static_cast<std::uint32_t>(1 + node_count);
  if (node_count == 0) {
    writer.root(leaves, first_leaf, false);
  } else {
    std::vector<Leaf> tops;
    for (std::size_t i = 0; i < leaves.size(); i += node_limit) tops.push_back(leaves[i]);
    writer.root(tops, 1, true);
    for (std::size_t i = 0; i < leaves.size(); i += node_limit) {
      writer.node(leaves.subspan(i, std::min(node_limit, leaves.size() - i)),
                  first_leaf + static_cast<std::uint32_t>(i));
    }
  }
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::size_t end = i + 1 < leaves.size() ? leaves[i + 1].first : records.size();
    writer.list(records.subspan(leaves[i].first, end - leaves[i].first), false);
  }
  return writer.result();
}

}  // namespace ingot::disk
