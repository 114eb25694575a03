// SPDX-License-Identifier: Apache-2.0
#include "agreement/elf.hpp"

#include "base/error.hpp"

namespace ingot::agreement {
namespace {

constexpr std::uint32_t symbol_table = 2;  // SHT_SYMTAB
constexpr std::uint32_t no_bits = 8;       // SHT_NOBITS

[[noreturn]] void refuse(const char* what) { throw Error(Fault::verification, what); }

std::string_view slice(std::string_view bytes, std::uint64_t at, std::uint64_t size) {
  if (at > bytes.size() || size > bytes.size() - at) refuse("the ELF file is cut short");
  return bytes.substr(at, size);
}

}  // namespace

std::uint64_t number_at(std::string_view bytes, std::uint64_t at, unsigned width) {
  const std::string_view field = slice(bytes, at, width);
  std::uint64_t value = 0;
  for (unsigned i = 0; i < width; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(field[i])} << (8 * i);
  return value;
}

std::string_view text_at(std::string_view bytes, std::uint64_t at) {
  const std::string_view rest =
      slice(bytes, at, bytes.size() - std::min<std::uint64_t>(at, bytes.size()));
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) refuse("a text of the ELF file does not end");
  return rest.substr(0, end);
}

// Elf64_Shdr: name at 0, type at 4, offset at 24, size at 32, link at 40; 64 bytes in all.
Elf::Section Elf::section_at(std::uint64_t table, std::uint64_t index) const {
  const std::string_view raw = slice(bytes_, table + index * 64, 64);
  Section section{.name = {},
                  .type = static_cast<std::uint32_t>(number_at(raw, 4, 4)),
                  .link = static_cast<std::uint32_t>(number_at(raw, 40, 4)),
                  .content = {}};
  if (section.type != no_bits && section.type != 0)
    section.content = slice(bytes_, number_at(raw, 24, 8), number_at(raw, 32, 8));
  return section;
}

Elf::Elf(std::string_view bytes) : bytes_(bytes) {
  if (bytes.size() < 64 || !bytes.starts_with("\x7f"
                                              "ELF"))
    refuse("this is no ELF file");
  if (bytes[4] != 2 || bytes[5] != 1) refuse("this ELF file is not 64-bit little-endian");
  const std::uint64_t table = number_at(bytes, 40, 8);
  std::uint64_t count = number_at(bytes, 60, 2);
  std::uint64_t names_index = number_at(bytes, 62, 2);
  if (table == 0) return;
  if (number_at(bytes, 58, 2) != 64 || table > bytes.size()) refuse("the ELF file is damaged");
  // Files with very many sections keep the true numbers in section 0 (ELF gABI, e_shnum).
  if (count == 0) count = number_at(bytes, table + 32, 8);
  if (names_index == 0xffff) names_index = number_at(bytes, table + 40, 4);
  if (count > (bytes.size() - table) / 64 || names_index >= count)
    refuse("the ELF file is cut short");
  const std::string_view names = section_at(table, names_index).content;
  sections_.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    Section section = section_at(table, i);
    if (section.type != 0) section.name = text_at(names, number_at(bytes, table + i * 64, 4));
    sections_.push_back(section);
  }
}

std::optional<std::string_view> Elf::section(std::string_view name) const {
  for (const Section& section : sections_)
    if (section.type != 0 && section.name == name) return section.content;
  return std::nullopt;
}

std::optional<std::string_view> Elf::section(std::uint16_t number) const {
  if (number == 0 || number >= sections_.size()) return std::nullopt;
  return sections_[number].content;
}

// Elf64_Sym: name at 0, section at 6, value at 8; 24 bytes in all.
std::vector<ElfSymbol> Elf::symbols() const {
  std::vector<ElfSymbol> found;
  for (const Section& section : sections_) {
    if (section.type != symbol_table) continue;
    if (section.link >= sections_.size()) refuse("the ELF file's symbols have no names");
    const std::string_view names = sections_[section.link].content;
    for (std::uint64_t at = 0; at + 24 <= section.content.size(); at += 24) {
      found.push_back(
          {.name = text_at(names, number_at(section.content, at, 4)),
           .value = number_at(section.content, at + 8, 8),
           .section = static_cast<std::uint16_t>(number_at(section.content, at + 6, 2))});
    }
  }
  return found;
}

}  // namespace ingot::agreement
