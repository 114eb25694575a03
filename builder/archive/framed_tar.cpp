// SPDX-License-Identifier: Apache-2.0
#include "archive/framed_tar.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "archive/ordered_work.hpp"
#include "archive/tar_header.hpp"
#include "archive/zstd_block.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

using Buffer = std::vector<std::uint8_t>;

/// Changes whenever the same list would give other bytes.
constexpr std::string_view purpose = "ingot.tar-frame.v1";

/// Each thread holds tables of about 30 MiB at level 9.
constexpr unsigned most_workers = 16;

void append(Buffer& buffer, std::string_view text) {
  buffer.insert(buffer.end(), text.begin(), text.end());
}

class Writer {
public:
  Writer(const FramedTar& tar, os::Sink& sink)
      : tar_(tar), sink_(sink), members_(tar_members(tar.files)) {}

  std::vector<Piece> run() {
    if (members_.empty()) throw Error(Fault::input, "the list of files to archive is empty");
    cut();
    std::vector<std::size_t> fresh;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      recalled_.push_back(recalled(tar_.recall, keys_[i]));
      if (!recalled_[i]) fresh.push_back(i);
    }
    // What a frame takes while it is made: itself, and room for its compressed bytes.
    OrderedWork<Buffer> work(
        fresh.size(),
        {.workers = std::min(threads_for(tar_.options.workers), most_workers),
         .in_flight = 192ULL << 20},
        [&](std::size_t i) { return 2 * frames_[fresh[i]].size; },
        [&] { return compressor(fresh); });
    std::vector<Piece> pieces;
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      os::check_stop();
      const std::uint64_t size = recalled_[i] ? copy(*recalled_[i]) : write(work.next());
      pieces.push_back({keys_[i], offset, size});
      offset += size;
    }
    return pieces;
  }

private:
  KeyFields new_fields() const {
    KeyFields fields(purpose);
    fields.field(zstd_version()).field(static_cast<std::uint64_t>(tar_.options.level));
    return fields;
  }

  /// Frames and their keys. Headers are made again when a frame is, as few of them will be.
  void cut() {
    TarCutter cutter(tar_.options.cut);
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const std::uint64_t header = tar_header_of(members_[i]).size();
      for (TarFrame& frame :
           cutter.add(i, members_[i].file->path, header, tar_content_of(members_[i]))) {
        keep(std::move(frame));
      }
    }
    keep(cutter.finish());
  }

  void keep(TarFrame frame) {
    KeyFields fields = new_fields();
    for (const TarStretch& stretch : frame.stretches) {
      const TarMember& member = members_[stretch.member];
      if (stretch.offset == 0) fields.field("header").field(tar_header_of(member));
      if (stretch.length == 0) continue;
      if (!member.file->digest) {
        throw Error(Fault::input,
                    format("the list has no digest of {}", escaped_path(member.file->path)));
      }
      fields.field("content").field(*member.file->digest);
      fields.field(stretch.offset).field(stretch.length);
    }
    if (frame.last) fields.field("end");
    keys_.push_back(fields.key(tar_.digest));
    frames_.push_back(std::move(frame));
  }

  OrderedWork<Buffer>::Work compressor(const std::vector<std::size_t>& fresh) const {
    auto blocks = std::make_shared<ZstdBlocks>(tar_.options.level, FrameChecksum::yes);
    return [this, &fresh, blocks, plain = Buffer()](std::size_t i) mutable {
      os::check_stop();
      const TarFrame& frame = frames_[fresh[i]];
      fill(plain, frame);
      Buffer packed(ZstdBlocks::bound(plain.size()));
      packed.resize(blocks->compress(plain, packed).value());
      packed.shrink_to_fit();
      return packed;
    };
  }

  void fill(Buffer& plain, const TarFrame& frame) const {
    plain.clear();
    plain.reserve(frame.size);
    for (const TarStretch& stretch : frame.stretches) {
      const TarMember& member = members_[stretch.member];
      if (stretch.offset == 0) append(plain, tar_header_of(member));
      if (stretch.length == 0) continue;
      const std::size_t start = plain.size();
      plain.resize(start + round_up(stretch.length, tar_block));
      const os::Fd fd = open_content(tar_.open, *member.file);
      read_content(fd, *member.file, stretch.offset,
                   std::span(plain).subspan(start, stretch.length));
    }
    if (frame.last) plain.resize(plain.size() + 2 * tar_block);
    if (plain.size() != frame.size) {
      throw Error(Fault::internal, "a frame of tar has another size than planned; a bug in ingot");
    }
  }

  std::uint64_t write(const Buffer& bytes) {
    sink_.write(bytes);
    return bytes.size();
  }

  std::uint64_t copy(const RecalledPiece& piece) {
    constexpr std::uint64_t step = 256 * 1024;  // stays in the core's cache until it is written
    copied_.resize(step);
    for (std::uint64_t at = 0; at < piece.size;) {
      const auto wanted = static_cast<std::size_t>(std::min(step, piece.size - at));
      const ssize_t got =
          ::pread(piece.file->get(), copied_.data(), wanted, static_cast<off_t>(piece.offset + at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw_errno(format("cannot read {}", piece.name.string()));
      if (got == 0) {
        throw Error(Fault::io, format("{} became shorter while it was read", piece.name.string()));
      }
      sink_.write(std::span(copied_).first(static_cast<std::size_t>(got)));
      at += static_cast<std::uint64_t>(got);
    }
    return piece.size;
  }

  const FramedTar& tar_;
  os::Sink& sink_;
  std::vector<TarMember> members_;
  std::vector<TarFrame> frames_;
  std::vector<Sha256> keys_;
  std::vector<std::optional<RecalledPiece>> recalled_;
  Buffer copied_;
};

}  // namespace

std::vector<Piece> write_framed_tar(const FramedTar& tar, os::Sink& sink) {
  return Writer(tar, sink).run();
}

}  // namespace ingot::archive
