// SPDX-License-Identifier: Apache-2.0
// Archives written member by member, honest or not.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "archive/tar_header.hpp"

namespace ingot::test {

struct TarMember {
  std::string path;
  char type = '0';
  std::string text;  ///< content, or the target of a link
  unsigned mode = 0644;
};

inline std::string tar_of(const std::vector<TarMember>& members) {
  std::string bytes;
  for (const TarMember& member : members) {
    archive::TarHeader header;
    header.path = member.path;
    header.type = member.type;
    header.mode = member.mode;
    header.mtime = 1'600'000'000;
    const bool content = member.type == '0';
    if (content) header.size = member.text.size();
    if (!content) header.link_path = member.text;
    bytes += archive::encoded(header);
    if (content) {
      bytes += member.text;
      bytes.append((512 - member.text.size() % 512) % 512, '\0');
    }
  }
  return bytes + std::string(1024, '\0');
}

/// An ar archive, as a Debian package is one.
inline std::string ar_of(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string bytes = "!<arch>\n";
  for (const auto& [name, content] : members) {
    std::string header(60, ' ');
    const auto put = [&](std::size_t at, const std::string& text) {
      header.replace(at, text.size(), text);
    };
    put(0, name);
    put(16, "1600000000");
    put(28, "0");
    put(34, "0");
    put(40, "100644");
    put(48, std::to_string(content.size()));
    put(58, "`\n");
    bytes += header + content;
    if (content.size() % 2 != 0) bytes += '\n';
  }
  return bytes;
}

}  // namespace ingot::test
