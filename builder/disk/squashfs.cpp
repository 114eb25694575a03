// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs.hpp"

#include <bit>
#include <limits>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "os/place.hpp"
#include "disk/squashfs_blocks.hpp"
#include "disk/squashfs_content.hpp"
#include "disk/squashfs_inodes.hpp"
#include "disk/squashfs_tree.hpp"

namespace ingot::disk {
namespace {

constexpr std::uint32_t magic = 0x73717368;
constexpr std::size_t superblock_size = 96;
constexpr std::uint64_t padding = 4096;
constexpr std::uint16_t zstd = 6;
constexpr int usual_level = 15;  ///< of zstd; any other is told behind the superblock
constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();

/// Bits of the superblock's flags.
enum : std::uint16_t { duplicates_shared = 1 << 6, no_xattrs = 1 << 9, has_options = 1 << 10 };

class Writer {
public:
  Writer(const SquashfsOptions& options, int fd, const std::filesystem::path& name)
      : options_(options), fd_(fd), name_(name) {}

  SquashfsImage run(const std::vector<archive::ListedFile>& files, const archive::OpenContent& open,
                    const archive::Recall& recall) {
    const SquashfsTree tree = squashfs_tree(files);
    SquashfsPlan plan = plan_squashfs(tree, options_.block);
    end_ = superblock_size;
    write_options();
    WrittenBlocks blocks = write_squashfs_blocks({.open = open,
                                                  .recall = recall,
                                                  .block = options_.block,
                                                  .level = options_.level,
                                                  .workers = options_.workers,
                                                  .fd = fd_,
                                                  .name = name_},
                                                 plan, end_);
    end_ = blocks.end;
    SquashfsInodes inodes(tree, plan, options_.level, options_.epoch);
    Places places;
    places.root = inodes.write();
    // The kernel wants the tables in this order, one right behind the other.
    places.inodes = end_;
    write(inodes.inodes().finish());
    places.folders = end_;
    write(inodes.folders().finish());
    places.fragments = write_fragments(plan);
    places.ids = write_ids(inodes.ids());
    if (!inodes.xattrs().empty()) {
      const SquashfsXattrs::Table xattrs = inodes.xattrs().finish(end_);
      places.xattrs = xattrs.head;
      write(xattrs.bytes);
    }
    write_superblock(places, {.inodes = static_cast<std::uint32_t>(tree.nodes.size()),
                              .fragments = static_cast<std::uint32_t>(plan.fragments.size()),
                              .ids = static_cast<std::uint16_t>(inodes.ids().size())});
    pad();
    return {end_, std::move(blocks.pieces)};
  }

private:
  struct Places {
    std::uint64_t root = 0;
    std::uint64_t inodes = 0;
    std::uint64_t folders = 0;
    std::uint64_t fragments = 0;
    std::uint64_t ids = 0;
    std::uint64_t xattrs = nowhere;
  };
  struct Counts {
    std::uint32_t inodes = 0;
    std::uint32_t fragments = 0;
    std::uint16_t ids = 0;
  };

  void write(std::span<const std::uint8_t> bytes) {
    os::write_at(fd_, name_, end_, bytes);
    end_ += bytes.size();
  }

  /// Zeros up to a whole page: the kernel mounts no image that ends within a sector of its device.
  void pad() {
    const std::uint64_t whole = round_up(end_, padding);
    if (whole != end_) write(std::vector<std::uint8_t>(whole - end_));
  }

  bool tells_level() const { return options_.level != usual_level; }

  void write_options() {
    if (!tells_level()) return;
    RecordWriter record;
    record.u16(0x8000 | 4).u32(static_cast<std::uint32_t>(options_.level));
    write(record.bytes());
  }

  /// Rows in metadata blocks, and behind them where those are; gives the place of the latter.
  std::uint64_t write_rows(const RecordWriter& rows) {
    SquashfsMetadata blocks(options_.level);
    blocks.append(rows.bytes());
    const std::uint64_t start = end_;
    write(blocks.finish());
    RecordWriter index;
    for (const std::uint64_t block : blocks.blocks()) index.u64(start + block);
    const std::uint64_t place = end_;
    write(index.bytes());
    return place;
  }

  std::uint64_t write_fragments(const SquashfsPlan& plan) {
    RecordWriter rows;
    for (const SquashfsFragment& fragment : plan.fragments)
      rows.u64(fragment.start).u32(fragment.stored).u32(0);
    return write_rows(rows);
  }

  std::uint64_t write_ids(const std::vector<std::uint32_t>& ids) {
    RecordWriter rows;
    for (const std::uint32_t id : ids) rows.u32(id);
    return write_rows(rows);
  }

  void write_superblock(const Places& places, const Counts& counts) {
    const int flags = duplicates_shared | (tells_level() ? has_options : 0) |
                      (places.xattrs == nowhere ? no_xattrs : 0);
    RecordWriter record;
    record.u32(magic).u32(counts.inodes).u32(static_cast<std::uint32_t>(options_.epoch));
    record.u32(options_.block).u32(counts.fragments).u16(zstd);
    record.u16(static_cast<std::uint16_t>(std::countr_zero(options_.block)));
    record.u16(static_cast<std::uint16_t>(flags)).u16(counts.ids).u16(4).u16(0);
    record.u64(places.root).u64(end_).u64(places.ids).u64(places.xattrs);
    record.u64(places.inodes).u64(places.folders).u64(places.fragments);
    record.u64(nowhere);  // no table for exports over NFS
    if (record.size() != superblock_size) {
      throw Error(Fault::internal, "a superblock of squashfs has a wrong size; a bug in ingot");
    }
    os::write_at(fd_, name_, 0, record.bytes());
  }

  const SquashfsOptions& options_;
  int fd_;
  const std::filesystem::path& name_;
  std::uint64_t end_ = 0;
};

}  // namespace

void check_squashfs_options(const SquashfsOptions& options) {
  if (!std::has_single_bit(options.block) || options.block < 4096 || options.block > (1U << 20)) {
    throw Error(Fault::input, format("a block of {} bytes is not possible: a power of two from "
                                     "4096 to 1048576",
                                     options.block));
  }
  if (options.level < 1 || options.level > 22) {
    throw Error(Fault::input, format("zstd has no level {}: 1 to 22", options.level));
  }
  if (options.epoch < 0 || options.epoch > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(Fault::input, format("squashfs cannot hold the time {}", options.epoch));
  }
}

SquashfsImage write_squashfs(const std::vector<archive::ListedFile>& files,
                             const archive::OpenContent& open, const archive::Recall& recall,
                             const SquashfsOptions& options, int fd,
                             const std::filesystem::path& name) {
  check_squashfs_options(options);
  return Writer(options, fd, name).run(files, open, recall);
}

}  // namespace ingot::disk
