// SPDX-License-Identifier: Apache-2.0
#include "crypto/pem.hpp"

#include <openssl/crypto.h>
#include <openssl/pem.h>

#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/openssl.hpp"

namespace ingot::crypto {
namespace {

/// What PEM_read_bio allocates.
struct Block {
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* content = nullptr;
  long size = 0;

  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    OPENSSL_free(label);
    OPENSSL_free(header);
    OPENSSL_clear_free(content, static_cast<std::size_t>(size));
  }
};

}  // namespace

SecretBytes::~SecretBytes() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

void wipe(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

SecretBytes pem_block(std::string_view pem, std::string_view label, std::string_view name,
                      Fault fault) {
  const std::string_view text = trimmed(pem);
  const std::string begin = format("-----BEGIN {}-----", label);
  const std::string end = format("-----END {}-----", label);
  const std::string wanted = format("{} is not one PEM block labelled {}", name, label);
  if (!text.starts_with(begin) || !text.ends_with(end) || text.size() > (1U << 20) ||
      text.find("-----BEGIN", 1) != std::string_view::npos) {
    throw Error(fault, wanted);
  }
  const BioHandle bio = reading_bio(text);
  Block block;
  if (PEM_read_bio(bio.get(), &block.label, &block.header, &block.content, &block.size) != 1) {
    throw_openssl(fault, wanted);
  }
  if (block.label != label || block.header[0] != '\0') throw Error(fault, wanted);
  return SecretBytes({block.content, static_cast<std::size_t>(block.size)});
}

std::string pem_of(std::span<const std::uint8_t> bytes, const char* label) {
  const BioHandle bio = memory_bio();
  if (PEM_write_bio(bio.get(), label, "", bytes.data(), static_cast<long>(bytes.size())) <= 0) {
    throw_openssl(Fault::internal, "OpenSSL could not write PEM");
  }
  return std::string(content_of(bio.get()));
}

}  // namespace ingot::crypto
