// SPDX-License-Identifier: Apache-2.0
#include "archive/piece.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"

namespace ingot::archive {
namespace {

constexpr std::string_view heading = "ingot.pieces.v1\n";
constexpr std::size_t record_size = Sha256::size + 8 + 8 + 4;

void append_number(std::vector<std::uint8_t>& bytes, std::uint64_t value) {
  bytes.resize(bytes.size() + 8);
  store_le(std::span(bytes), bytes.size() - 8, value);
}

[[noreturn]] void refuse(std::string_view why) {
  throw Error(Fault::verification, format("a list of pieces {}", why));
}

/// Whether a piece can lie behind `end`, and where it ends itself.
std::optional<std::uint64_t> end_of(const Piece& piece, std::uint64_t end) {
  constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (piece.offset < end || piece.offset > largest || piece.size > largest - piece.offset) {
    return std::nullopt;
  }
  return piece.offset + piece.size;
}

Sha256 key_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::array<std::uint8_t, Sha256::size> key{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), key.size(), key.begin());
  return Sha256(key);
}

}  // namespace

KeyFields& KeyFields::field(std::string_view value) {
  append_number(bytes_, value.size());
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  return *this;
}

KeyFields& KeyFields::field(std::uint64_t value) {
  append_number(bytes_, 8);
  append_number(bytes_, value);
  return *this;
}

KeyFields& KeyFields::field(const Sha256& value) {
  append_number(bytes_, Sha256::size);
  bytes_.insert(bytes_.end(), value.bytes().begin(), value.bytes().end());
  return *this;
}

std::optional<RecalledPiece> recalled(const Recall& recall, const Sha256& key) {
  if (!recall) return std::nullopt;
  std::optional<RecalledPiece> piece = recall(key);
  struct stat status {};
  if (!piece || !piece->file || ::fstat(piece->file->get(), &status) != 0) return std::nullopt;
  const auto there = static_cast<std::uint64_t>(status.st_size);
  if (piece->offset > there || piece->size > there - piece->offset) return std::nullopt;
  return piece;
}

Recall recall_from(std::shared_ptr<const os::Fd> file, const std::filesystem::path& name,
                   std::vector<Piece> pieces) {
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.key < b.key; });
  return [file = std::move(file), name,
          pieces = std::move(pieces)](const Sha256& key) -> std::optional<RecalledPiece> {
    const auto found = std::lower_bound(
        pieces.begin(), pieces.end(), key,
        [](const Piece& piece, const Sha256& wanted) { return piece.key < wanted; });
    if (found == pieces.end() || found->key != key) return std::nullopt;
    return RecalledPiece{file, name, found->offset, found->size, found->parts};
  };
}

std::string piece_list_bytes(const std::vector<Piece>& pieces) {
  RecordWriter record;
  record.text(heading).u64(pieces.size());
  std::uint64_t end = 0;
  for (const Piece& piece : pieces) {
    const auto next = end_of(piece, end);
    if (!next) {
      throw Error(Fault::internal, "pieces of an output overlap; this is a bug in ingot");
    }
    end = *next;
    record.raw(piece.key.bytes()).u64(piece.offset).u64(piece.size);
    record.u32(static_cast<std::uint32_t>(piece.parts.size()));
    for (const std::uint32_t part : piece.parts) record.u32(part);
  }
  return {record.bytes().begin(), record.bytes().end()};
}

std::vector<Piece> parse_piece_list(std::string_view text, const PieceListLimits& limits) {
  if (!text.starts_with(heading)) refuse("has another heading");
  text.remove_prefix(heading.size());
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  if (bytes.size() < 8) refuse("ends early");
  const auto count = load_le<std::uint64_t>(bytes, 0);
  if (count > limits.pieces || count > bytes.size() / record_size) refuse("is too long");
  std::vector<Piece> pieces;
  pieces.reserve(static_cast<std::size_t>(count));
  std::size_t at = 8;
  std::uint64_t end = 0;
  std::uint64_t parts = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (bytes.size() - at < record_size) refuse("ends early");
    Piece piece{key_at(bytes, at), load_le<std::uint64_t>(bytes, at + 32),
                load_le<std::uint64_t>(bytes, at + 40)};
    const std::size_t inner = load_le<std::uint32_t>(bytes, at + 48);
    at += record_size;
    parts += inner;
    if (parts > limits.parts) refuse("is too long");
    if (inner > (bytes.size() - at) / 4) refuse("ends early");
    for (std::size_t k = 0; k < inner; ++k, at += 4)
      piece.parts.push_back(load_le<std::uint32_t>(bytes, at));
    const auto next = end_of(piece, end);
    if (!next) refuse(format("has piece {} at a place that cannot be", i));
    end = *next;
    pieces.push_back(std::move(piece));
  }
  if (at != bytes.size()) refuse("has more behind its end");
  return pieces;
}

}  // namespace ingot::archive
