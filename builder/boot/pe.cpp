// SPDX-License-Identifier: Apache-2.0
#include "boot/pe.hpp"

#include <algorithm>
#include <bit>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "os/fd.hpp"

namespace ingot::boot {

namespace {

// PE format, "Optional Header Windows-Specific Fields (Image Only)", for PE32+.
constexpr std::uint16_t pe32_plus = 0x20b;
constexpr std::uint32_t coff_size = 20;
constexpr std::uint32_t section_header_size = 40;
constexpr std::uint32_t section_alignment_at = 32;
constexpr std::uint32_t file_alignment_at = 36;
constexpr std::uint32_t size_of_image_at = 56;
constexpr std::uint32_t size_of_headers_at = 60;
constexpr std::uint32_t subsystem_at = 68;
constexpr std::uint32_t directory_count_at = 108;
constexpr std::uint32_t certificate_directory = 4;
constexpr std::uint32_t directories_at = 112;
constexpr std::uint16_t most_sections = 96;  // the limit of the Windows loader, and of EDK2's use
constexpr std::uint64_t longest_headers = 1U << 20;

using Span = std::span<const std::uint8_t>;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Fault::input, "not a usable EFI program: " + reason);
}

std::uint32_t header_start(Span start) {
  if (start.size() < 64 || load_le<std::uint16_t>(start, 0) != 0x5a4d) {
    refuse("it does not start with MZ");
  }
  const auto at = load_le<std::uint32_t>(start, 0x3c);
  if (at < 64 || at % 4 != 0 || at > longest_headers) {
    refuse("its PE header is at an impossible place");
  }
  if (start.size() < at + 4 + coff_size || load_le<std::uint32_t>(start, at) != 0x00004550) {
    refuse("it has no PE header");
  }
  return at;
}

void read_optional_header(Span start, std::uint32_t size, PeImage& image) {
  const std::uint32_t at = image.optional_at;
  if (size < directories_at || start.size() < std::uint64_t{at} + size ||
      load_le<std::uint16_t>(start, at) != pe32_plus) {
    refuse("it has no PE32+ header");
  }
  image.section_alignment = load_le<std::uint32_t>(start, at + section_alignment_at);
  image.file_alignment = load_le<std::uint32_t>(start, at + file_alignment_at);
  image.size_of_image = load_le<std::uint32_t>(start, at + size_of_image_at);
  image.size_of_headers = load_le<std::uint32_t>(start, at + size_of_headers_at);
  image.subsystem = load_le<std::uint16_t>(start, at + subsystem_at);
  const auto directories = load_le<std::uint32_t>(start, at + directory_count_at);
  if (directories > 16 || directories_at + directories * 8 > size) {
    refuse("its list of data directories is longer than its header");
  }
  if (directories > certificate_directory) {
    const std::uint32_t entry = at + directories_at + certificate_directory * 8;
    image.certificate_offset = load_le<std::uint32_t>(start, entry);
    image.certificate_size = load_le<std::uint32_t>(start, entry + 4);
  }
  if (!std::has_single_bit(image.section_alignment) || !std::has_single_bit(image.file_alignment) ||
      image.section_alignment < image.file_alignment || image.file_alignment > (1U << 16) ||
      image.section_alignment > (1U << 24)) {
    refuse("its alignments are not possible");
  }
}

PeSection read_section_header(Span header) {
  PeSection section;
  for (std::size_t i = 0; i < 8 && header[i] != 0; ++i) {
    section.name += static_cast<char>(header[i]);
  }
  section.virtual_size = load_le<std::uint32_t>(header, 8);
  section.virtual_address = load_le<std::uint32_t>(header, 12);
  section.raw_size = load_le<std::uint32_t>(header, 16);
  section.raw_offset = load_le<std::uint32_t>(header, 20);
  section.characteristics = load_le<std::uint32_t>(header, 36);
  return section;
}

/// Sections in memory: ascending and apart. In the file: inside, behind the headers, apart.
void check_sections(const PeImage& image, std::uint64_t file_size) {
  std::uint64_t memory_end = image.size_of_headers;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> places;
  for (const PeSection& section : image.sections) {
    const std::uint64_t memory = std::max(section.virtual_size, section.raw_size);
    const std::uint64_t used = section.virtual_size != 0 ? section.virtual_size : memory;
    if (section.virtual_address < memory_end) {
      refuse(format("section '{}' overlaps another in memory", section.name));
    }
    memory_end = section.virtual_address + used;
    if (section.raw_size == 0) {
      continue;
    }
    const std::uint64_t end = std::uint64_t{section.raw_offset} + section.raw_size;
    if (section.raw_offset < image.size_of_headers || end > file_size) {
      refuse(format("section '{}' does not lie inside the file", section.name));
    }
    places.emplace_back(section.raw_offset, end);
  }
  if (memory_end > image.size_of_image) {
    refuse("its sections are larger than its size in memory");
  }
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (places[i].first < places[i - 1].second) {
      refuse("two sections overlap in the file");
    }
  }
}

std::uint64_t size_of(int fd, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    throw_errno(format("cannot look at {}", path.string()));
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::input, format("{} is no regular file", path.string()));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

const PeSection* PeImage::find(std::string_view name) const {
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [&](const PeSection& section) { return section.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

PeImage parse_pe(Span start, std::uint64_t file_size) {
  const std::uint32_t pe_at = header_start(start);
  PeImage image;
  image.coff_at = pe_at + 4;
  image.optional_at = image.coff_at + coff_size;
  image.machine = load_le<std::uint16_t>(start, image.coff_at);
  const auto count = load_le<std::uint16_t>(start, image.coff_at + 2);
  const auto optional_size = load_le<std::uint16_t>(start, image.coff_at + 16);
  read_optional_header(start, optional_size, image);
  image.section_table_at = image.optional_at + optional_size;
  const std::uint64_t table_end =
      image.section_table_at + std::uint64_t{count} * section_header_size;
  if (count == 0 || count > most_sections || table_end > image.size_of_headers ||
      table_end > start.size() || image.size_of_headers > file_size) {
    refuse("its section headers do not lie inside its headers");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    image.sections.push_back(read_section_header(
        start.subspan(image.section_table_at + i * section_header_size, section_header_size)));
  }
  check_sections(image, file_size);
  const std::uint64_t certificate_end =
      std::uint64_t{image.certificate_offset} + image.certificate_size;
  if (certificate_end > file_size) {
    refuse("its certificate table does not lie inside the file");
  }
  return image;
}

PeImage read_pe(const std::filesystem::path& path) {
  return during(format("reading {}", path.string()), [&] {
    const os::Fd fd = os::open_file(path, O_RDONLY);
    const std::uint64_t size = size_of(fd.get(), path);
    std::vector<std::uint8_t> start(std::min(size, longest_headers));
    std::size_t filled = 0;
    while (filled < start.size()) {
      const std::size_t got = os::read_some(fd.get(), std::span(start).subspan(filled), path);
      if (got == 0) {
        break;
      }
      filled += got;
    }
    start.resize(filled);
    return parse_pe(start, size);
  });
}

std::optional<std::string> read_section(const std::filesystem::path& path, std::string_view name,
                                        std::uint64_t limit) {
  const PeImage image = read_pe(path);
  const PeSection* section = image.find(name);
  if (section == nullptr) {
    return std::nullopt;
  }
  if (section->content_size() > limit) {
    throw Error(Fault::input, format("section {} of {} has {} bytes, at most {} are read", name,
                                     path.string(), section->content_size(), limit));
  }
  const os::Fd fd = os::open_file(path, O_RDONLY);
  if (::lseek(fd.get(), section->raw_offset, SEEK_SET) < 0) {
    throw_errno(format("cannot seek in {}", path.string()));
  }
  std::vector<std::uint8_t> content(section->content_size());
  std::size_t filled = 0;
  while (filled < content.size()) {
    const std::size_t got = os::read_some(fd.get(), std::span(content).subspan(filled), path);
    if (got == 0) {
      throw Error(Fault::io, format("{} became shorter while it was read", path.string()));
    }
    filled += got;
  }
  return std::string(content.begin(), content.end());
}

}  // namespace ingot::boot
