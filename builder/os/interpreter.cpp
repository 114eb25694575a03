// SPDX-License-Identifier: Apache-2.0
#include "os/interpreter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include "os/fd.hpp"

namespace ingot::os {
namespace {

/// As much of a first line as the kernel reads.
constexpr std::size_t line_size = 256;
constexpr std::size_t longest_path = 4096;

std::optional<std::string> of_script(std::string_view line) {
  line = line.substr(2, line.find('\n') - 2);
  const std::size_t from = line.find_first_not_of(" \t");
  if (from == std::string_view::npos) return std::nullopt;
  line.remove_prefix(from);
  return std::string(line.substr(0, line.find_first_of(std::string_view(" \t\0", 3))));
}

template <typename Part>
bool read_part(int fd, std::uint64_t offset, Part& part) {
  return ::pread(fd, &part, sizeof part, static_cast<off_t>(offset)) ==
         static_cast<ssize_t>(sizeof part);
}

std::optional<std::string> of_elf(int fd) {
  Elf64_Ehdr header;
  if (!read_part(fd, 0, header) || header.e_ident[EI_CLASS] != ELFCLASS64) return std::nullopt;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part;
    if (!read_part(fd, header.e_phoff + std::uint64_t{i} * header.e_phentsize, part)) break;
    if (part.p_type != PT_INTERP) continue;
    std::string name(std::min<std::uint64_t>(part.p_filesz, longest_path), '\0');
    if (::pread(fd, name.data(), name.size(), static_cast<off_t>(part.p_offset)) !=
        static_cast<ssize_t>(name.size()))
      break;
    return name.substr(0, name.find('\0'));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> interpreter_of(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return std::nullopt;
  std::array<char, line_size> start;
  const ssize_t got = ::pread(fd.get(), start.data(), start.size(), 0);
  if (got < 4) return std::nullopt;
  const std::string_view text(start.data(), static_cast<std::size_t>(got));
  if (text.starts_with("#!")) return of_script(text);
  return text.starts_with(ELFMAG) ? of_elf(fd.get()) : std::nullopt;
}

}  // namespace ingot::os
