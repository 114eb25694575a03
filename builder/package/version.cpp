// SPDX-License-Identifier: Apache-2.0
#include "package/version.hpp"

#include <algorithm>
#include <cstddef>

namespace ingot::package {
namespace {

struct Parts {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Parts parts_of(std::string_view text) {
  Parts parts;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    parts.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  // The revision starts after the last hyphen: upstream parts may have hyphens of their own.
  if (const auto hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
    parts.revision = text.substr(hyphen + 1);
    text = text.substr(0, hyphen);
  }
  parts.upstream = text;
  return parts;
}

// Weight within a non-digit part: a tilde sorts before the end, letters before other characters.
int weight(char c) {
  if (c == '~') return -1;
  if (is_letter(c)) return static_cast<unsigned char>(c);
  return static_cast<unsigned char>(c) + 256;
}

int compare_numbers(std::string_view left, std::string_view right) {
  const auto without_zeros = [](std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
    return text;
  };
  left = without_zeros(left);
  right = without_zeros(right);
  if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
  return left.compare(right);
}

std::string_view take_number(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view number = text.substr(0, length);
  text.remove_prefix(length);
  return number;
}

int compare_part(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    for (;;) {
      const bool left_text = !left.empty() && !is_digit(left.front());
      const bool right_text = !right.empty() && !is_digit(right.front());
      if (!left_text && !right_text) break;
      const int a = left_text ? weight(left.front()) : 0;
      const int b = right_text ? weight(right.front()) : 0;
      if (a != b) return a < b ? -1 : 1;
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
    const std::string_view a = take_number(left);
    const std::string_view b = take_number(right);
    if (const int order = compare_numbers(a, b); order != 0) return order;
  }
  return 0;
}

}  // namespace

bool is_version(std::string_view text) {
  const Parts parts = parts_of(text);
  const bool has_epoch = text.find(':') != std::string_view::npos;
  if (has_epoch &&
      (parts.epoch.empty() || !std::all_of(parts.epoch.begin(), parts.epoch.end(), is_digit)))
    return false;
  if (parts.upstream.empty() || !is_digit(parts.upstream.front())) return false;
  const auto in_upstream = [](char c) {
    return is_digit(c) || is_letter(c) ||
           std::string_view(".+-~").find(c) != std::string_view::npos;
  };
  const auto in_revision = [](char c) {
    return is_digit(c) || is_letter(c) || std::string_view(".+~").find(c) != std::string_view::npos;
  };
  if (!std::all_of(parts.upstream.begin(), parts.upstream.end(), in_upstream)) return false;
  if (!std::all_of(parts.revision.begin(), parts.revision.end(), in_revision)) return false;
  return !(text.ends_with('-'));
}

std::weak_ordering compare_versions(std::string_view left, std::string_view right) {
  const Parts a = parts_of(left);
  const Parts b = parts_of(right);
  int order = compare_numbers(a.epoch, b.epoch);
  if (order == 0) order = compare_part(a.upstream, b.upstream);
  if (order == 0) order = compare_part(a.revision, b.revision);
  return order <=> 0;
}

}  // namespace ingot::package
