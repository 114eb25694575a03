// SPDX-License-Identifier: Apache-2.0
#include "agreement/initramfs.hpp"

#include <charconv>
#include <cstdint>

#include "archive/decompress.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"

namespace ingot::agreement {
namespace {

// Linux, Documentation/driver-api/early-userspace/buffer-format.rst: a header of 110 characters,
// of them 13 numbers of eight hexadecimal digits; names and contents are padded to four bytes.
constexpr std::uint64_t header_size = 110;
constexpr std::uint64_t largest_unpacked = 2ULL << 30;

[[noreturn]] void refuse() {
  throw Error(Fault::verification, "the initramfs is damaged: a cpio member is cut short");
}

std::uint64_t field(std::string_view header, std::size_t number) {
  const std::string_view digits = header.substr(6 + number * 8, 8);
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (read.ptr != digits.data() + digits.size()) refuse();
  return value;
}

bool is_member(std::string_view bytes) {
  return bytes.starts_with("070701") || bytes.starts_with("070702");
}

// One archive; returns where it ends.
std::uint64_t visit_archive(std::string_view bytes, const InitramfsVisitor& visit) {
  std::uint64_t at = 0;
  for (;;) {
    const std::string_view rest = bytes.substr(at);
    if (rest.size() < header_size || !is_member(rest)) refuse();
    const std::uint64_t size = field(rest, 6);
    const std::uint64_t name_size = field(rest, 11);
    const std::uint64_t content_at = round_up(header_size + name_size, 4);
    if (name_size == 0 || content_at > rest.size() || size > rest.size() - content_at) refuse();
    const std::string_view name = rest.substr(header_size, name_size - 1);
    at += std::min<std::uint64_t>(round_up(content_at + size, 4), rest.size());
    if (name == "TRAILER!!!") return at;
    visit(name, rest.substr(content_at, size));
  }
}

}  // namespace

void visit_initramfs(std::string_view bytes, const InitramfsVisitor& visit) {
  while (!bytes.empty()) {
    if (bytes.front() == '\0') {
      bytes.remove_prefix(1);
    } else if (is_member(bytes)) {
      bytes.remove_prefix(visit_archive(bytes, visit));
    } else {
      const std::string plain = archive::decompressed(bytes, largest_unpacked, "the initramfs");
      if (!is_member(plain)) refuse();
      visit_archive(plain, visit);
      return;  // the decompressor has eaten all that follows
    }
  }
}

}  // namespace ingot::agreement
