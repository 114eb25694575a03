// SPDX-License-Identifier: Apache-2.0
// Small 64-bit ELF files for tests: any sections, and kernel modules that say and want what they
// are told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/little_endian.hpp"

namespace ingot::test {

struct TinySection {
  std::string name;
  std::string content;
  std::uint32_t type = 1;  // SHT_PROGBITS
  std::uint32_t link = 0;
};

/// Section 0 is made here; the given ones are numbered from 1, names come last.
inline std::string tiny_elf(const std::vector<TinySection>& sections) {
  std::string names(1, '\0');
  std::vector<std::uint32_t> name_at;
  for (const TinySection& section : sections) {
    name_at.push_back(static_cast<std::uint32_t>(names.size()));
    names += section.name + '\0';
  }
  const auto own_name = static_cast<std::uint32_t>(names.size());
  names += std::string(".shstrtab") + '\0';

  RecordWriter elf;
  std::vector<std::uint64_t> content_at;
  elf.zeros(64);
  for (const TinySection& section : sections) {
    content_at.push_back(elf.size());
    elf.text(section.content);
  }
  const std::uint64_t names_at = elf.size();
  elf.text(names);
  const std::uint64_t table = elf.size();
  const auto header = [&](std::uint32_t name, std::uint32_t type, std::uint64_t at,
                          std::uint64_t size, std::uint32_t link) {
    elf.u32(name).u32(type).u64(0).u64(0).u64(at).u64(size).u32(link).u32(0).u64(1).u64(0);
  };
  header(0, 0, 0, 0, 0);
  for (std::size_t i = 0; i < sections.size(); ++i)
    header(name_at[i], sections[i].type, content_at[i], sections[i].content.size(),
           sections[i].link);
  header(own_name, 3, names_at, names.size(), 0);

  std::string bytes(elf.bytes().begin(), elf.bytes().end());
  RecordWriter start;
  const auto count = static_cast<std::uint16_t>(sections.size() + 2);
  start
      .text(
          "\x7f"
          "ELF")
      .u8(2)
      .u8(1)
      .u8(1)
      .pad_to(16)
      .u16(1)
      .u16(62)
      .u32(1)
      .u64(0)
      .u64(0);
  start.u64(table).u32(0).u16(64).u16(0).u16(0).u16(64).u16(count);
  start.u16(static_cast<std::uint16_t>(count - 1));
  return bytes.replace(0, 64, std::string(start.bytes().begin(), start.bytes().end()));
}

struct TinyModule {
  std::map<std::string, std::string> info = {};
  std::map<std::string, std::uint32_t> wanted = {};
  std::map<std::string, std::uint32_t> offered = {};
};

inline std::string text_of(const RecordWriter& record) {
  return std::string(record.bytes().begin(), record.bytes().end());
}

inline std::string tiny_module(const TinyModule& module) {
  std::string info;
  for (const auto& [key, value] : module.info) info += key + "=" + value + '\0';
  RecordWriter versions;
  for (const auto& [symbol, crc] : module.wanted) {
    const std::size_t start = versions.size();
    versions.u64(crc).text(symbol).pad_to(start + 64);
  }
  RecordWriter crcs;
  RecordWriter symbols;
  symbols.zeros(24);
  std::string names(1, '\0');
  constexpr std::uint16_t crc_section = 3;
  for (const auto& [symbol, crc] : module.offered) {
    symbols.u32(static_cast<std::uint32_t>(names.size())).u8(0).u8(0).u16(crc_section);
    symbols.u64(crcs.size()).u64(0);
    names += "__crc_" + symbol + '\0';
    crcs.u32(crc);
  }
  return tiny_elf({{".modinfo", info},
                   {"__versions", text_of(versions)},
                   {"__kcrctab", text_of(crcs)},
                   {".symtab", text_of(symbols), 2, 5},
                   {".strtab", names, 3}});
}

}  // namespace ingot::test
