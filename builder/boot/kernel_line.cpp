// SPDX-License-Identifier: Apache-2.0
#include "boot/kernel_line.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::boot {

namespace {

/// Keys that the kernel or systemd reads as a list.
constexpr std::array<std::string_view, 20> repeatable = {"console",
                                                         "earlycon",
                                                         "earlyprintk",
                                                         "modprobe.blacklist",
                                                         "module_blacklist",
                                                         "rd.driver.blacklist",
                                                         "rd.driver.pre",
                                                         "rd.modules_load",
                                                         "modules_load",
                                                         "modules-load",
                                                         "rd.modules-load",
                                                         "systemd.setenv",
                                                         "systemd.mask",
                                                         "systemd.wants",
                                                         "rd.systemd.mask",
                                                         "rd.systemd.wants",
                                                         "systemd.set_credential",
                                                         "systemd.set_credential_binary",
                                                         "ip",
                                                         "hugepages"};

std::string_view key_of(std::string_view word) { return word.substr(0, word.find('=')); }

/// The kernel takes "_" for "-" in the names of its parameters.
std::string spelled(std::string_view key) {
  std::string spelled(key);
  std::replace(spelled.begin(), spelled.end(), '-', '_');
  return spelled;
}

bool may_repeat(std::string_view key) {
  // A size of huge pages starts a group with the count that follows it.
  return key == "hugepagesz" ||
         std::find(repeatable.begin(), repeatable.end(), key) != repeatable.end();
}

void check_word(std::string_view word) {
  const auto refuse = [&](std::string_view reason) {
    throw Error(Fault::input, format("kernel line: the word '{}' {}", word, reason));
  };
  if (word.empty()) {
    refuse("is empty");
  }
  if (!std::all_of(word.begin(), word.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) {
    // Shown without the word: it may hold a newline.
    throw Error(Fault::input,
                "kernel line: a word holds a control or non-ASCII character, such as a newline");
  }
  if (key_of(word).empty()) {
    refuse("has no name before '='");
  }
  const auto quotes = std::count(word.begin(), word.end(), '"');
  if (quotes == 0) {
    if (word.find(' ') != std::string_view::npos) {
      refuse("holds a space; give two words, or quote the value: key=\"a b\"");
    }
    return;
  }
  // The kernel strips quotes around a whole value only; elsewhere programs disagree.
  const std::size_t open = word.find("=\"");
  if (quotes != 2 || open == std::string_view::npos || word.back() != '"' ||
      word.find('"') != open + 1 || open + 2 > word.size() - 1 ||
      key_of(word).find(' ') != std::string_view::npos || open != key_of(word).size()) {
    refuse("has quotes that do not enclose a whole value: key=\"a b\"");
  }
}

}  // namespace

std::string kernel_line(const std::vector<std::string>& words) {
  std::set<std::string_view> seen;
  std::map<std::string, std::string_view> values;
  std::string line;
  for (const std::string& word : words) {
    check_word(word);
    if (!seen.insert(word).second) {
      continue;
    }
    const auto [other, first] = values.emplace(spelled(key_of(word)), word);
    if (!first && !may_repeat(key_of(word))) {
      throw Error(Fault::input,
                  format("kernel line: '{}' and '{}' set the same parameter", other->second, word));
    }
    line += line.empty() ? word : " " + word;
  }
  if (line.size() + 1 > kernel_line_limit) {
    throw Error(Fault::input, format("kernel line: {} characters, the kernel takes at most {}",
                                     line.size(), kernel_line_limit - 1));
  }
  return line;
}

}  // namespace ingot::boot
