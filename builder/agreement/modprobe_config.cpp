// SPDX-License-Identifier: Apache-2.0
#include "agreement/modprobe_config.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/words.hpp"

namespace ingot::agreement {
namespace {

constexpr std::array<std::string_view, 3> folders = {"etc/modprobe.d", "usr/local/lib/modprobe.d",
                                                     "usr/lib/modprobe.d"};

std::vector<std::string> words_of(std::string line) {
  std::replace(line.begin(), line.end(), '\t', ' ');
  std::vector<std::string> words;
  for (const std::string& word : split(line, ' '))
    if (!word.empty()) words.push_back(word);
  // alias PATTERN MODULE; blacklist, install, options, remove, softdep MODULE ...
  for (std::size_t i = 1; i < std::min<std::size_t>(words.size(), 3); ++i)
    if (i == 1 || words[0] == "alias") std::replace(words[i].begin(), words[i].end(), '-', '_');
  return words;
}

bool runs_nothing(const std::vector<std::string>& words) {
  return words.size() >= 3 && (words[2].ends_with("/true") || words[2].ends_with("/false"));
}

}  // namespace

ModprobeConfig::ModprobeConfig(const TreeIndex& tree) {
  std::map<std::string, std::string> chosen;
  for (const std::string_view folder : folders)
    for (const std::string& name : tree.names_in(folder))
      if (name.ends_with(".conf")) chosen.emplace(name, std::string(folder) + "/" + name);
  for (const auto& [name, path] : chosen)
    if (const auto text = tree.root().read(path)) add(path, *text);
}

void ModprobeConfig::add(const std::string& file, std::string_view text) {
  std::string whole;
  for (std::string line : split(text, '\n')) {
    if (line.ends_with('\\')) {
      line.back() = ' ';
      whole += line;
      continue;
    }
    whole += line;
    const auto words = words_of(whole);
    if (!words.empty() && !words[0].starts_with('#')) lines_.push_back({file, words});
    whole.clear();
  }
}

bool ModprobeConfig::blocks(std::string_view module) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const ModprobeLine& line) {
    const auto& words = line.words;
    if (words.size() < 2 || words[1] != module) return false;
    return words[0] == "blacklist" || (words[0] == "install" && runs_nothing(words));
  });
}

}  // namespace ingot::agreement
