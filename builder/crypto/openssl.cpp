// SPDX-License-Identifier: Apache-2.0
#include "crypto/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <limits>

namespace ingot::crypto {

std::string drained_errors() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    const char* library = ERR_lib_error_string(code);
    if (!text.empty()) text += ", ";
    text += reason != nullptr ? reason : "error " + std::to_string(code);
    if (library != nullptr) text += std::string(" (") + library + ")";
  }
  return text;
}

void throw_openssl(Fault fault, std::string message) {
  const std::string errors = drained_errors();
  if (!errors.empty()) message += ": " + errors;
  throw Error(fault, std::move(message));
}

void require_one(int result, std::string_view doing) {
  if (result != 1) throw_openssl(Fault::internal, "OpenSSL could not " + std::string(doing));
}

void free_bio(bio_st* bio) noexcept { BIO_free_all(bio); }

BioHandle memory_bio() { return required(BioHandle(BIO_new(BIO_s_mem())), "make a memory buffer"); }

BioHandle reading_bio(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(Fault::input, "more than 2 GiB cannot be signed or verified in one piece");
  }
  return required(BioHandle(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))),
                  "read from memory");
}

std::string_view content_of(bio_st* bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(bio, &start);
  return {start, size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace ingot::crypto
