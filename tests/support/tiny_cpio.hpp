// SPDX-License-Identifier: Apache-2.0
// cpio archives for tests, in the format that initramfs have.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/format.hpp"

namespace ingot::test {

inline std::string tiny_cpio(std::vector<std::pair<std::string, std::string>> members) {
  std::string bytes;
  members.emplace_back("TRAILER!!!", "");
  for (const auto& [name, content] : members) {
    bytes += format("070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}", 1, 0100644, 0, 0, 1, 0,
                    content.size());
    bytes += format("{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}", 0, 0, 0, 0, name.size() + 1, 0);
    bytes += name + '\0';
    while (bytes.size() % 4 != 0) bytes += '\0';
    bytes += content;
    while (bytes.size() % 4 != 0) bytes += '\0';
  }
  return bytes;
}

}  // namespace ingot::test
