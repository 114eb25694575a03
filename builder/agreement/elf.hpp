// SPDX-License-Identifier: Apache-2.0
// A 64-bit little-endian ELF file: its sections and symbols, every offset checked.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ingot::agreement {

struct ElfSymbol {
  std::string_view name;
  std::uint64_t value = 0;
  std::uint16_t section = 0;
};

/// Views into the bytes it was made of, which must outlive it.
class Elf {
public:
  /// Fault::verification when it is no such file, or is damaged.
  explicit Elf(std::string_view bytes);

  /// Content of the first section of that name.
  std::optional<std::string_view> section(std::string_view name) const;
  /// Content of a section by number; nothing for special numbers.
  std::optional<std::string_view> section(std::uint16_t number) const;
  /// Symbols of .symtab; none when it was stripped.
  std::vector<ElfSymbol> symbols() const;

  static constexpr std::uint16_t absolute = 0xfff1;  ///< SHN_ABS

private:
  struct Section {
    std::string_view name;
    std::uint32_t type = 0;
    std::uint32_t link = 0;
    std::string_view content;
  };

  Section section_at(std::uint64_t table, std::uint64_t index) const;

  std::string_view bytes_;
  std::vector<Section> sections_;
};

/// A little-endian number; Fault::verification when it is not wholly inside.
std::uint64_t number_at(std::string_view bytes, std::uint64_t at, unsigned width);

/// The text up to the next NUL, which must be there.
std::string_view text_at(std::string_view bytes, std::uint64_t at);

}  // namespace ingot::agreement
