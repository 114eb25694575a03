// SPDX-License-Identifier: Apache-2.0
#include "crypto/hasher.hpp"

#include <fcntl.h>
#include <openssl/evp.h>

#include <array>
#include <vector>

#include "crypto/openssl.hpp"
#include "os/fd.hpp"

namespace ingot::crypto {
namespace {

std::array<std::uint8_t, 8> little_endian(std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(value & 0xff);
    value >>= 8;
  }
  return bytes;
}

}  // namespace

void free_digest_context(evp_md_ctx_st* context) noexcept { EVP_MD_CTX_free(context); }

Hasher::Hasher()
    : context_(required(CHandle<evp_md_ctx_st, free_digest_context>(EVP_MD_CTX_new()),
                        "make a digest")) {
  start();
}

void Hasher::start() {
  require_one(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr), "start SHA-256");
}

Hasher& Hasher::update(std::span<const std::uint8_t> bytes) {
  require_one(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()), "hash");
  return *this;
}

Hasher& Hasher::update(std::string_view bytes) {
  require_one(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()), "hash");
  return *this;
}

Sha256 Hasher::finish() {
  std::array<std::uint8_t, Sha256::size> bytes{};
  require_one(EVP_DigestFinal_ex(context_.get(), bytes.data(), nullptr), "finish SHA-256");
  start();
  return Sha256(bytes);
}

Sha256 digest_of(std::string_view bytes) { return Hasher{}.update(bytes).finish(); }

Sha256 digest_of(std::span<const std::uint8_t> bytes) { return Hasher{}.update(bytes).finish(); }

FileDigest measure_fd(int fd, const std::filesystem::path& name) {
  // A hint only: it doubles the kernel's read-ahead.
  (void)::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  std::vector<std::uint8_t> buffer(512 * 1024);
  Hasher hasher;
  std::uint64_t size = 0;
  while (const std::size_t count = os::read_some(fd, buffer, name)) {
    hasher.update(std::span<const std::uint8_t>(buffer.data(), count));
    size += count;
  }
  return {hasher.finish(), size};
}

FileDigest measure_file(const std::filesystem::path& path) {
  return measure_fd(os::open_file(path, O_RDONLY).get(), path);
}

Sha256 digest_of_file(const std::filesystem::path& path) { return measure_file(path).digest; }

void HashingSink::write(std::span<const std::uint8_t> bytes) {
  hasher_.update(bytes);
  result_.size += bytes.size();
  next_.write(bytes);
}

void HashingSink::finish() {
  result_.digest = hasher_.finish();
  next_.finish();
}

FieldHasher::FieldHasher(std::string_view purpose) { field(purpose); }

FieldHasher& FieldHasher::field(std::string_view value) {
  hasher_.update(little_endian(value.size())).update(value);
  return *this;
}

FieldHasher& FieldHasher::field(std::uint64_t value) {
  hasher_.update(little_endian(8)).update(little_endian(value));
  return *this;
}

FieldHasher& FieldHasher::field(const Sha256& value) {
  hasher_.update(little_endian(Sha256::size)).update(value.bytes());
  return *this;
}

Sha256 FieldHasher::finish() { return hasher_.finish(); }

}  // namespace ingot::crypto
