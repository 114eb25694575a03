// SPDX-License-Identifier: Apache-2.0
#include "fake_files.hpp"

#include <cstdint>

namespace selftest_test {

namespace {

void put(std::string& out, std::uint64_t value, int octets) {
  for (int i = 0; i < octets; ++i) {
    out += static_cast<char>(value & 0xffU);
    value >>= 8U;
  }
}

void put_section(std::string& out, unsigned name, unsigned type, std::uint64_t offset,
                 std::uint64_t size) {
  put(out, name, 4);
  put(out, type, 4);
  put(out, 0, 16);  // flags, address
  put(out, offset, 8);
  put(out, size, 8);
  put(out, 0, 24);  // link, info, alignment, entry size
}

}  // namespace

std::string elf_module(const std::vector<std::string>& records) {
  std::string info;
  for (const std::string& record : records) info += record + '\0';
  const std::string names("\0.modinfo\0.shstrtab\0", 20);
  const std::uint64_t table = 64 + info.size() + names.size();
  std::string elf(
      "\x7f"
      "ELF\2\1\1\0\0\0\0\0\0\0\0\0",
      16);
  put(elf, 1, 2);   // relocatable
  put(elf, 62, 2);  // x86-64
  put(elf, 1, 4);
  put(elf, 0, 16);  // entry, program headers
  put(elf, table, 8);
  put(elf, 0, 4);
  put(elf, 64, 2);
  put(elf, 0, 4);  // program header size and count
  put(elf, 64, 2);
  put(elf, 3, 2);
  put(elf, 2, 2);
  elf += info + names;
  put_section(elf, 0, 0, 0, 0);
  put_section(elf, 1, 1, 64, info.size());
  put_section(elf, 10, 3, 64 + info.size(), names.size());
  return elf;
}

std::string library_cache(const std::vector<CacheEntry>& entries) {
  std::string texts;
  std::string table;
  const std::uint64_t base = 48 + entries.size() * 24;
  for (const CacheEntry& entry : entries) {
    put(table, entry.flags, 4);
    put(table, base + texts.size(), 4);
    texts += entry.name + '\0';
    put(table, base + texts.size(), 4);
    texts += entry.path + '\0';
    put(table, 0, 12);
  }
  std::string cache = "glibc-ld.so.cache1.1";
  put(cache, entries.size(), 4);
  put(cache, texts.size(), 4);
  put(cache, 2, 4);
  put(cache, 0, 16);
  return cache + table + texts;
}

}  // namespace selftest_test
