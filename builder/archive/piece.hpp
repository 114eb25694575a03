// SPDX-License-Identifier: Apache-2.0
// Finished pieces of an output, named by all that decides their bytes, so that a later output can
// take them over instead of making them again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "os/fd.hpp"

namespace ingot::archive {

struct Piece {
  Sha256 key;                ///< over everything that decides the bytes
  std::uint64_t offset = 0;  ///< in the output
  std::uint64_t size = 0;
  /// Sizes of what the piece consists of, where its writer must know them again.
  std::vector<std::uint32_t> parts = {};

  bool operator==(const Piece&) const = default;
};

/// Where the bytes of a piece lie in an earlier output.
struct RecalledPiece {
  std::shared_ptr<const os::Fd> file;
  std::filesystem::path name;  ///< for messages
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::vector<std::uint32_t> parts = {};
};

/// Finds a piece by its key. What it gives is believed: whoever makes a Recall answers for the
/// earlier output being what it was. Called on one thread. Empty: nothing is known.
using Recall = std::function<std::optional<RecalledPiece>(const Sha256& key)>;

/// SHA-256 of bytes; this room has none of its own.
using BytesDigest = std::function<Sha256(std::span<const std::uint8_t> bytes)>;

/// Fields one after another, each with its length in front, so that no two lists of fields are the
/// same bytes.
class KeyFields {
public:
  /// `purpose` separates keys of different kinds and writers: "ingot.tar-frame.v1".
  explicit KeyFields(std::string_view purpose) { field(purpose); }
  KeyFields& field(std::string_view value);
  KeyFields& field(std::uint64_t value);
  KeyFields& field(const Sha256& value);
  Sha256 key(const BytesDigest& digest) const { return digest(bytes_); }

private:
  std::vector<std::uint8_t> bytes_;
};

/// What `recall` knows of the key, if the file it names still has those bytes.
std::optional<RecalledPiece> recalled(const Recall& recall, const Sha256& key);

/// The pieces of an earlier output. The list must be the one that was made with it.
Recall recall_from(std::shared_ptr<const os::Fd> file, const std::filesystem::path& name,
                   std::vector<Piece> pieces);

/// The list as bytes to be kept beside an output: 52 bytes for each piece and 4 for each part.
/// Pieces are in the order of the output and do not overlap (else Fault::internal).
std::string piece_list_bytes(const std::vector<Piece>& pieces);

struct PieceListLimits {
  std::uint64_t pieces = 8'000'000;
  std::uint64_t parts = 64'000'000;
};

/// Strict: anything that piece_list_bytes() would not have written is Fault::verification.
std::vector<Piece> parse_piece_list(std::string_view bytes, const PieceListLimits& limits = {});

}  // namespace ingot::archive
