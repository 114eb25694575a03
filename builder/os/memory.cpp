// SPDX-License-Identifier: Apache-2.0
#include "os/memory.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/error.hpp"
#include "base/words.hpp"
#include "os/file.hpp"

namespace ingot::os {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  text = trimmed(text);
  std::uint64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

/// "MemTotal:       24684096 kB"
Bytes field(std::string_view meminfo, std::string_view name) {
  for (const std::string& line : split(meminfo, '\n')) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    return Bytes{number(std::string_view(line).substr(name.size() + 1)).value_or(0) << 10};
  }
  return {};
}

std::string text_of(const char* file) {
  try {
    return read_file_if_any(file).value_or("");
  } catch (const Error&) {
    return {};
  }
}

/// The namespace of control groups of a container shows its own at the top.
std::optional<Bytes> group_limit() {
  for (const char* file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    if (const auto limit = number(text_of(file))) return Bytes{*limit};
  }
  return std::nullopt;
}

}  // namespace

Memory memory_from(std::string_view meminfo, std::optional<Bytes> limit) {
  Memory memory{field(meminfo, "MemTotal"), field(meminfo, "MemAvailable")};
  if (limit) {
    memory.total = std::min(memory.total, *limit);
    memory.available = std::min(memory.available, *limit);
  }
  return memory;
}

Memory memory_here() { return memory_from(text_of("/proc/meminfo"), group_limit()); }

}  // namespace ingot::os
