// SPDX-License-Identifier: Apache-2.0
// PE32+ files (EFI programs): reading foreign ones strictly, and adding sections to one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::boot {

struct PeSection {
  std::string name;  ///< at most 8 characters
  std::uint32_t virtual_size = 0;
  std::uint32_t virtual_address = 0;
  std::uint32_t raw_size = 0;
  std::uint32_t raw_offset = 0;
  std::uint32_t characteristics = 0;

  /// Bytes of the file that are the section's content, without alignment padding.
  std::uint32_t content_size() const {
    return virtual_size != 0 && virtual_size < raw_size ? virtual_size : raw_size;
  }
};

struct PeImage {
  std::uint16_t machine = 0;  ///< 0x8664: x86-64
  std::uint16_t subsystem = 0;
  std::uint32_t section_alignment = 0;
  std::uint32_t file_alignment = 0;
  std::uint32_t size_of_image = 0;
  std::uint32_t size_of_headers = 0;
  std::uint32_t certificate_offset = 0;  ///< of the attribute certificate table; 0: not signed
  std::uint32_t certificate_size = 0;
  std::vector<PeSection> sections;

  // Where the headers lie in the file, for those who change them.
  std::uint32_t coff_at = 0;
  std::uint32_t optional_at = 0;
  std::uint32_t section_table_at = 0;

  const PeSection* find(std::string_view name) const;
};

constexpr std::uint16_t machine_x86_64 = 0x8664;
constexpr std::uint32_t section_is_code = 0x00000020;
constexpr std::uint32_t section_is_initialized = 0x00000040;
constexpr std::uint32_t section_is_readable = 0x40000000;

/// Reads the headers out of the file's first bytes. Fault::input with the reason for anything that
/// is not a PE32+ image with sections in order, inside the file and apart from each other.
PeImage parse_pe(std::span<const std::uint8_t> start, std::uint64_t file_size);
PeImage read_pe(const std::filesystem::path& path);

/// The content of a section, or nothing when there is none of that name; Fault::input when it is
/// larger than `limit`.
std::optional<std::string> read_section(const std::filesystem::path& path, std::string_view name,
                                        std::uint64_t limit = 64ULL << 20);

struct NewSection {
  std::string name;
  std::uint32_t characteristics = section_is_initialized | section_is_readable;
  std::string text;                          ///< the content, or
  std::vector<std::filesystem::path> files;  ///< files one after another, each padded to 4 bytes
};

/// Writes `source` with further sections behind its last one; file content is streamed. `output`
/// exists only when it is complete. The same inputs give the same bytes: the time stamp stays as
/// it is and the checksum, which firmware does not read, becomes 0. Fault::input when `source` is
/// signed, has a section of such a name, or has no room for more section headers.
void append_sections(const std::filesystem::path& source, const std::vector<NewSection>& sections,
                     const std::filesystem::path& output);

}  // namespace ingot::boot
