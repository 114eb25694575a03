// SPDX-License-Identifier: Apache-2.0
#include "elf.hpp"

#include <cstdint>
#include <string>

#include "little_endian.hpp"

namespace ingot::selftest {

namespace {

constexpr const char* elf_file = "the ELF file";

struct Section {
  std::uint32_t name = 0;
  std::uint32_t type = 0;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// Elf64_Shdr: name at 0, type at 4, offset at 24, size at 32; 64 bytes in all.
Section header_at(Octets elf, std::uint64_t table, std::uint64_t index) {
  const Octets raw = slice(elf, table + index * 64, 64, elf_file);
  return {.name = little_endian<std::uint32_t>(raw, 0, elf_file),
          .type = little_endian<std::uint32_t>(raw, 4, elf_file),
          .offset = little_endian<std::uint64_t>(raw, 24, elf_file),
          .size = little_endian<std::uint64_t>(raw, 32, elf_file)};
}

bool named(Octets names, std::uint32_t offset, std::string_view name) {
  const Octets text = slice(names, offset, name.size() + 1, elf_file);
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (std::to_integer<char>(text[i]) != name[i]) return false;
  }
  return std::to_integer<char>(text[name.size()]) == '\0';
}

}  // namespace

std::optional<Octets> section_of(Octets elf, std::string_view name) {
  const Octets identity = slice(elf, 0, 64, elf_file);
  if (little_endian<std::uint32_t>(identity, 0, elf_file) != 0x464c457fU) {
    throw Broken("this is no ELF file");
  }
  if (std::to_integer<int>(identity[4]) != 2 || std::to_integer<int>(identity[5]) != 1) {
    throw Broken("this ELF file is not 64-bit little-endian");
  }
  const auto table = little_endian<std::uint64_t>(identity, 40, elf_file);
  const auto entry_size = little_endian<std::uint16_t>(identity, 58, elf_file);
  std::uint64_t count = little_endian<std::uint16_t>(identity, 60, elf_file);
  std::uint64_t names_index = little_endian<std::uint16_t>(identity, 62, elf_file);
  if (table == 0) return std::nullopt;
  if (entry_size != 64 || table > elf.size()) throw Broken(std::string(elf_file) + " is damaged");
  // Files with very many sections keep the true numbers in section 0 (ELF gABI, e_shnum).
  const Section zero = header_at(elf, table, 0);
  if (count == 0) count = zero.size;
  if (names_index == 0xffff) names_index = little_endian<std::uint32_t>(elf, table + 40, elf_file);
  if (count > (elf.size() - table) / 64 || names_index >= count) {
    throw Broken(std::string(elf_file) + " is cut short");
  }
  const Section names_header = header_at(elf, table, names_index);
  const Octets names = slice(elf, names_header.offset, names_header.size, elf_file);
  constexpr std::uint32_t no_bits = 8;
  for (std::uint64_t i = 1; i < count; ++i) {
    const Section section = header_at(elf, table, i);
    if (section.name + name.size() + 1 > names.size() || section.type == no_bits) continue;
    if (named(names, section.name, name)) return slice(elf, section.offset, section.size, elf_file);
  }
  return std::nullopt;
}

}  // namespace ingot::selftest
