// SPDX-License-Identifier: Apache-2.0
#include "run/library_cache.hpp"

#include <span>

#include "base/little_endian.hpp"

namespace ingot::run {
namespace {

constexpr std::string_view magic = "glibc-ld.so.cache1.1";
constexpr std::size_t header_size = 48;
constexpr std::size_t entry_size = 24;

std::optional<std::string> text_at(std::string_view bytes, std::uint32_t offset) {
  if (offset >= bytes.size()) return std::nullopt;
  const std::size_t end = bytes.find('\0', offset);
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(bytes.substr(offset, end - offset));
}

}  // namespace

std::optional<std::vector<CachedLibrary>> parse_library_cache(std::string_view bytes) {
  if (bytes.size() < header_size || !bytes.starts_with(magic)) return std::nullopt;
  const std::span all(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  const auto count = load_le<std::uint32_t>(all, magic.size());
  if (count > (bytes.size() - header_size) / entry_size) return std::nullopt;
  std::vector<CachedLibrary> libraries;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t entry = header_size + std::size_t{i} * entry_size;
    const auto name = text_at(bytes, load_le<std::uint32_t>(all, entry + 4));
    const auto path = text_at(bytes, load_le<std::uint32_t>(all, entry + 8));
    if (!name || !path) return std::nullopt;
    libraries.push_back({*name, *path, load_le<std::uint32_t>(all, entry),
                         load_le<std::uint64_t>(all, entry + 16)});
  }
  return libraries;
}

}  // namespace ingot::run
