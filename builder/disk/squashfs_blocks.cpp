// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_blocks.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>

#include "archive/ordered_work.hpp"
#include "archive/zstd_block.hpp"
#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/place.hpp"
#include "os/copy_range.hpp"
#include "os/signals.hpp"

namespace ingot::disk {
namespace {

using Buffer = std::vector<std::uint8_t>;

/// Change whenever the same content would give other bytes.
constexpr std::string_view blocks_purpose = "ingot.squashfs-blocks.v1";
constexpr std::string_view fragment_purpose = "ingot.squashfs-fragment.v1";

constexpr std::uint64_t job_blocks = 16;

/// Blocks of one piece that one thread packs.
struct Job {
  SquashfsPiece piece;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::uint64_t size = 0;  ///< unpacked
};

struct Packed {
  std::vector<std::uint32_t> sizes;  ///< 0: only zeros, not stored
  Buffer bytes;
};

/// Bytes that lie one behind another in an earlier image and in this one.
struct Copy {
  std::shared_ptr<const os::Fd> file;
  std::filesystem::path name;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t size = 0;
};

/// Of at least one byte.
bool is_zero(std::span<const std::uint8_t> bytes) {
  return bytes[0] == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

class Packer {
public:
  Packer(const SquashfsBlocks& spec, const SquashfsPlan& plan)
      : spec_(spec), plan_(plan), zstd_(spec.level), plain_(spec.block) {}

  Packed run(const Job& job) {
    os::check_stop();
    Packed packed;
    packed.bytes.reserve(job.size);
    if (job.piece.kind == SquashfsPiece::Kind::blocks) {
      pack_blocks(job, packed);
    } else {
      pack_fragment(plan_.fragments[job.piece.index], packed);
    }
    packed.bytes.shrink_to_fit();
    return packed;
  }

private:
  void pack_blocks(const Job& job, Packed& packed) {
    const SquashfsContent& content = plan_.contents[job.piece.index];
    const os::Fd fd = archive::open_content(spec_.open, *content.file);
    std::uint64_t begin = job.first * spec_.block;
    std::uint64_t content_from = begin;  // before it, nothing but a hole
    for (std::uint64_t i = 0; i < job.count; ++i, begin += spec_.block) {
      const std::uint64_t size = std::min<std::uint64_t>(spec_.block, content.blocks_size - begin);
      if (content_from < begin + size) content_from = next_content(fd, begin, content_from);
      if (content_from >= begin + size) {
        packed.sizes.push_back(0);
        continue;
      }
      const std::span<std::uint8_t> plain = std::span(plain_).first(size);
      archive::read_content(fd, *content.file, begin, plain);
      is_zero(plain) ? packed.sizes.push_back(0) : pack(plain, packed);
    }
  }

  /// The first byte from `offset` on that is in no hole.
  static std::uint64_t next_content(const os::Fd& fd, std::uint64_t offset, std::uint64_t known) {
    if (known > offset) return known;
    const off_t found = ::lseek(fd.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) return static_cast<std::uint64_t>(found);
    // Nothing more; or a file system that does not know of holes, which reading will tell.
    return errno == ENXIO ? std::numeric_limits<std::uint64_t>::max() : offset;
  }

  void pack_fragment(const SquashfsFragment& fragment, Packed& packed) {
    std::size_t end = 0;
    for (const std::size_t index : fragment.contents) {
      const SquashfsContent& content = plan_.contents[index];
      const os::Fd fd = archive::open_content(spec_.open, *content.file);
      const std::span<std::uint8_t> tail = std::span(plain_).subspan(end, content.tail());
      archive::read_content(fd, *content.file, content.blocks_size, tail);
      end += tail.size();
    }
    pack(std::span(plain_).first(end), packed);
  }

  void pack(std::span<const std::uint8_t> plain, Packed& packed) {
    const std::size_t start = packed.bytes.size();
    packed.bytes.resize(start + plain.size());
    const std::span<std::uint8_t> room = std::span(packed.bytes).subspan(start);
    // As large as it was means: not packed.
    const auto size = zstd_.compress(plain, room.first(plain.size() - 1));
    if (!size) std::copy(plain.begin(), plain.end(), room.begin());
    packed.bytes.resize(start + size.value_or(plain.size()));
    packed.sizes.push_back(static_cast<std::uint32_t>(size.value_or(plain.size())));
  }

  const SquashfsBlocks& spec_;
  const SquashfsPlan& plan_;
  archive::ZstdBlocks zstd_;
  Buffer plain_;
};

class Writer {
public:
  Writer(const SquashfsBlocks& spec, SquashfsPlan& plan, std::uint64_t start)
      : spec_(spec), plan_(plan), end_(start) {}

  WrittenBlocks run() {
    std::vector<std::optional<archive::RecalledPiece>> known;
    std::vector<Sha256> keys;
    for (const SquashfsPiece& piece : plan_.pieces) {
      keys.push_back(key_of(piece));
      known.push_back(recalled(piece, keys.back()));
      if (!known.back()) add_jobs(piece);
    }
    archive::OrderedWork<Packed> work(
        jobs_.size(), {.workers = spec_.workers, .in_flight = 128ULL << 20},
        [this](std::size_t i) { return 2 * jobs_[i].size; }, [this] { return packer(); });
    WrittenBlocks written;
    std::size_t job = 0;
    for (std::size_t i = 0; i < plan_.pieces.size(); ++i) {
      os::check_stop();
      const std::uint64_t start = end_;
      std::vector<std::uint32_t> sizes;
      if (known[i]) {
        sizes = copy(*known[i], plan_.pieces[i]);
      } else {
        for (std::uint64_t left = jobs_of(plan_.pieces[i]); left != 0; --left, ++job)
          write(work.next(), sizes);
      }
      note(plan_.pieces[i], start, sizes);
      const bool several = plan_.pieces[i].kind == SquashfsPiece::Kind::blocks;
      written.pieces.push_back({keys[i], start, end_ - start,
                                several ? std::move(sizes) : std::vector<std::uint32_t>()});
    }
    flush();
    written.end = end_;
    return written;
  }

private:
  archive::KeyFields fields(std::string_view purpose) const {
    archive::KeyFields fields(purpose);
    fields.field(archive::zstd_version());
    fields.field(static_cast<std::uint64_t>(spec_.level)).field(std::uint64_t{spec_.block});
    return fields;
  }

  Sha256 key_of(const SquashfsPiece& piece) const {
    const auto digest = [](std::span<const std::uint8_t> bytes) {
      return crypto::digest_of(bytes);
    };
    if (piece.kind == SquashfsPiece::Kind::blocks) {
      const SquashfsContent& content = plan_.contents[piece.index];
      return fields(blocks_purpose)
          .field(*content.file->digest)
          .field(content.blocks_size)
          .key(digest);
    }
    archive::KeyFields key = fields(fragment_purpose);
    for (const std::size_t index : plan_.fragments[piece.index].contents) {
      const SquashfsContent& content = plan_.contents[index];
      key.field(*content.file->digest).field(content.blocks_size).field(content.tail());
    }
    return key.key(digest);
  }

  std::uint64_t size_of(const SquashfsPiece& piece) const {
    return piece.kind == SquashfsPiece::Kind::blocks ? plan_.contents[piece.index].blocks_size
                                                     : plan_.fragments[piece.index].size;
  }

  std::uint64_t blocks_of(const SquashfsPiece& piece) const {
    return (size_of(piece) + spec_.block - 1) / spec_.block;
  }

  std::uint64_t jobs_of(const SquashfsPiece& piece) const {
    return (blocks_of(piece) + job_blocks - 1) / job_blocks;
  }

  std::uint64_t plain_size(const SquashfsPiece& piece, std::uint64_t block) const {
    return std::min<std::uint64_t>(spec_.block, size_of(piece) - block * spec_.block);
  }

  void add_jobs(const SquashfsPiece& piece) {
    const std::uint64_t blocks = blocks_of(piece);
    for (std::uint64_t first = 0; first < blocks; first += job_blocks) {
      const std::uint64_t count = std::min(job_blocks, blocks - first);
      const std::uint64_t begin = first * spec_.block;
      jobs_.push_back({piece, first, count, std::min(count * spec_.block, size_of(piece) - begin)});
    }
  }

  archive::OrderedWork<Packed>::Work packer() const {
    return [this, packer = std::make_shared<Packer>(spec_, plan_)](std::size_t i) {
      return packer->run(jobs_[i]);
    };
  }

  /// Nothing when what is known cannot be the piece.
  std::optional<archive::RecalledPiece> recalled(const SquashfsPiece& piece,
                                                 const Sha256& key) const {
    auto found = archive::recalled(spec_.recall, key);
    if (!found) return found;
    if (piece.kind == SquashfsPiece::Kind::fragment)
      return found->size != 0 && found->size <= size_of(piece) ? found : std::nullopt;
    if (found->parts.size() != blocks_of(piece)) return std::nullopt;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < found->parts.size(); ++i) {
      if (found->parts[i] > plain_size(piece, i)) return std::nullopt;
      sum += found->parts[i];
    }
    return sum == found->size ? found : std::nullopt;
  }

  std::vector<std::uint32_t> copy(const archive::RecalledPiece& piece, const SquashfsPiece& what) {
    const bool follows = copy_.file == piece.file && copy_.from + copy_.size == piece.offset &&
                         copy_.to + copy_.size == end_;
    if (!follows) {
      flush();
      copy_ = {piece.file, piece.name, piece.offset, end_, 0};
    }
    copy_.size += piece.size;
    end_ += piece.size;
    if (what.kind == SquashfsPiece::Kind::blocks) return piece.parts;
    return {static_cast<std::uint32_t>(piece.size)};
  }

  void flush() {
    if (copy_.size != 0) {
      os::copy_range({copy_.file->get(), copy_.name, copy_.from}, {spec_.fd, spec_.name, copy_.to},
                     copy_.size);
    }
    copy_ = {};
  }

  void write(const Packed& packed, std::vector<std::uint32_t>& sizes) {
    os::write_at(spec_.fd, spec_.name, end_, packed.bytes);
    end_ += packed.bytes.size();
    sizes.insert(sizes.end(), packed.sizes.begin(), packed.sizes.end());
  }

  void note(const SquashfsPiece& piece, std::uint64_t start,
            const std::vector<std::uint32_t>& sizes) {
    const auto told = [&](std::size_t i) {
      return sizes[i] | (sizes[i] == plain_size(piece, i) ? squashfs_not_packed : 0);
    };
    if (piece.kind == SquashfsPiece::Kind::fragment) {
      plan_.fragments[piece.index].start = start;
      plan_.fragments[piece.index].stored = told(0);
      return;
    }
    SquashfsContent& content = plan_.contents[piece.index];
    content.start = start;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      content.blocks.push_back(told(i));
      if (sizes[i] == 0) content.sparse += plain_size(piece, i);
    }
  }

  const SquashfsBlocks& spec_;
  SquashfsPlan& plan_;
  std::uint64_t end_;
  std::vector<Job> jobs_;
  Copy copy_;
};

}  // namespace

WrittenBlocks write_squashfs_blocks(const SquashfsBlocks& blocks, SquashfsPlan& plan,
                                    std::uint64_t start) {
  return Writer(blocks, plan, start).run();
}

}  // namespace ingot::disk
