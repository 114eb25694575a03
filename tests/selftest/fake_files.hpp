// SPDX-License-Identifier: Apache-2.0
// Makes the binary files that checks read: ELF modules, the linker's cache.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace selftest_test {

/// A 64-bit ELF file with the given .modinfo records and nothing else.
std::string elf_module(const std::vector<std::string>& records);

struct CacheEntry {
  std::string name;
  std::string path;
  unsigned flags = 0x0303;
};
std::string library_cache(const std::vector<CacheEntry>& entries);

}  // namespace selftest_test
