// SPDX-License-Identifier: Apache-2.0
// SHA-256 of what passes by: bytes, files, streams, and lists of fields.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "base/digest.hpp"
#include "base/handle.hpp"
#include "os/sink.hpp"

struct evp_md_ctx_st;

namespace ingot::crypto {

void free_digest_context(evp_md_ctx_st* context) noexcept;

class Hasher {
public:
  Hasher();
  Hasher& update(std::span<const std::uint8_t> bytes);
  Hasher& update(std::string_view bytes);
  /// The digest of everything so far; the hasher then starts afresh.
  Sha256 finish();

private:
  void start();
  CHandle<evp_md_ctx_st, free_digest_context> context_;
};

Sha256 digest_of(std::string_view bytes);
Sha256 digest_of(std::span<const std::uint8_t> bytes);

struct FileDigest {
  Sha256 digest;
  std::uint64_t size = 0;
  bool operator==(const FileDigest&) const = default;
};

/// Fault::io when it cannot be read.
FileDigest measure_file(const std::filesystem::path& path);
/// From the descriptor's position to its end; `name` is for messages.
FileDigest measure_fd(int fd, const std::filesystem::path& name);
Sha256 digest_of_file(const std::filesystem::path& path);

/// Hashes and counts what it passes on to `next`, which must outlive it.
class HashingSink final : public os::Sink {
public:
  explicit HashingSink(os::Sink& next) : next_(next) {}
  void write(std::span<const std::uint8_t> bytes) override;
  void finish() override;
  /// Valid after finish().
  const FileDigest& result() const noexcept { return result_; }

private:
  os::Sink& next_;
  Hasher hasher_;
  FileDigest result_;
};

/// The key of content made from several fields. Every field is hashed with its length in front, so
/// that no text in one field can pass for another list of fields.
class FieldHasher {
public:
  /// `purpose` separates keys of different kinds: "ingot.step.v1".
  explicit FieldHasher(std::string_view purpose);
  FieldHasher& field(std::string_view value);
  FieldHasher& field(std::uint64_t value);
  FieldHasher& field(const Sha256& value);
  Sha256 finish();

private:
  Hasher hasher_;
};

}  // namespace ingot::crypto
