// SPDX-License-Identifier: Apache-2.0
#include "run/kernel_words.hpp"

#include <algorithm>

namespace ingot::run {

std::map<std::string, std::string> kernel_words(std::string_view line) {
  std::map<std::string, std::string> words;
  std::string word;
  bool quoted = false;
  const auto finish = [&] {
    if (word.empty()) return;
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string value = word.substr(std::min(equals + 1, word.size()));
    const auto [at, fresh] = words.emplace(word.substr(0, equals), value);
    if (!fresh) at->second += " " + value;
    word.clear();
  };
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    // A section of a UKI may end in a zero byte.
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\0';
    if (space && (!quoted || c == '\0')) {
      finish();
    } else {
      word += c;
    }
  }
  finish();
  return words;
}

bool names_root_image(std::string_view key) {
  return key == "ingot.root" || key == "ingot.root.sha256" || key == "ingot.root.size" ||
         key == "ingot.root.verity";
}

}  // namespace ingot::run
