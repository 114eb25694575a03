// SPDX-License-Identifier: Apache-2.0
// Adding sections: new headers in the room behind the old ones, content behind the old content.
#include <algorithm>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "boot/pe.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"

namespace ingot::boot {

namespace {

constexpr std::uint32_t section_header_size = 40;
constexpr std::uint64_t archive_padding = 4;  // the kernel looks for the next archive there
constexpr std::uint64_t largest_image = 0x7fffffff;

struct Piece {
  std::filesystem::path path;
  std::uint64_t size = 0;
};

struct Placed {
  const NewSection* section = nullptr;
  std::vector<Piece> pieces;
  PeSection header;
};

std::uint64_t size_of_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw_errno(format("cannot look at {}", path.string()));
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::input, format("{} is no regular file", path.string()));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

std::uint64_t content_end(const PeImage& image) {
  std::uint64_t end = image.size_of_headers;
  for (const PeSection& section : image.sections) {
    if (section.raw_size != 0) {
      end = std::max<std::uint64_t>(end, std::uint64_t{section.raw_offset} + section.raw_size);
    }
  }
  return end;
}

std::uint64_t memory_end(const PeImage& image) {
  const PeSection& last = image.sections.back();
  return std::uint64_t{last.virtual_address} + std::max(last.virtual_size, last.raw_size);
}

void check_room(const PeImage& image, const std::vector<NewSection>& sections) {
  if (image.certificate_size != 0) {
    throw Error(Fault::input, "it is signed already; take the unsigned one");
  }
  // Section content may start earlier than the headers claim to end.
  std::uint64_t room_end = image.size_of_headers;
  for (const PeSection& section : image.sections) {
    if (section.raw_size != 0) {
      room_end = std::min<std::uint64_t>(room_end, section.raw_offset);
    }
  }
  const std::uint64_t used = image.section_table_at + (image.sections.size() + sections.size()) *
                                                          std::uint64_t{section_header_size};
  if (used > room_end) {
    throw Error(Fault::input,
                format("its headers have no room for {} more sections", sections.size()));
  }
  std::set<std::string> names;
  for (const PeSection& section : image.sections) {
    names.insert(section.name);
  }
  for (const NewSection& section : sections) {
    if (section.name.empty() || section.name.size() > 8 || !names.insert(section.name).second) {
      throw Error(Fault::input, format("it cannot have a new section '{}': names have 1 to 8 "
                                       "characters and are there once",
                                       section.name));
    }
  }
}

std::vector<Placed> place(const PeImage& image, const std::vector<NewSection>& sections) {
  std::vector<Placed> result;
  std::uint64_t memory = round_up(memory_end(image), image.section_alignment);
  std::uint64_t raw = round_up(content_end(image), image.file_alignment);
  for (const NewSection& section : sections) {
    Placed placed{.section = &section, .pieces = {}, .header = {}};
    std::uint64_t size = section.text.size();
    for (const auto& path : section.files) {
      placed.pieces.push_back({path, size_of_file(path)});
      size += section.files.size() == 1 ? placed.pieces.back().size
                                        : round_up(placed.pieces.back().size, archive_padding);
    }
    const std::uint64_t raw_size = round_up(size, image.file_alignment);
    if (size == 0) {
      throw Error(Fault::input, format("the content of section {} is empty", section.name));
    }
    if (memory + size > largest_image || raw + raw_size > largest_image) {
      throw Error(Fault::input, format("with section {} the program is larger than 2 GiB, which "
                                       "EFI cannot load",
                                       section.name));
    }
    placed.header = {.name = section.name,
                     .virtual_size = static_cast<std::uint32_t>(size),
                     .virtual_address = static_cast<std::uint32_t>(memory),
                     .raw_size = static_cast<std::uint32_t>(raw_size),
                     .raw_offset = static_cast<std::uint32_t>(raw),
                     .characteristics = section.characteristics};
    memory = round_up(memory + size, image.section_alignment);
    raw += raw_size;
    result.push_back(std::move(placed));
  }
  return result;
}

std::vector<std::uint8_t> encode_header(const PeSection& section) {
  RecordWriter header;
  header.text(section.name).pad_to(8);
  header.u32(section.virtual_size).u32(section.virtual_address);
  header.u32(section.raw_size).u32(section.raw_offset);
  header.u32(0).u32(0).u16(0).u16(0).u32(section.characteristics);
  return std::move(header.bytes());
}

void change_headers(std::vector<std::uint8_t>& start, const PeImage& image,
                    const std::vector<Placed>& placed) {
  constexpr std::uint32_t size_of_initialized_at = 8;
  constexpr std::uint32_t size_of_image_at = 56;
  constexpr std::uint32_t checksum_at = 64;
  const std::span<std::uint8_t> bytes(start);
  std::size_t at = image.section_table_at + image.sections.size() * section_header_size;
  std::uint64_t initialized =
      load_le<std::uint32_t>(bytes, image.optional_at + size_of_initialized_at);
  for (const Placed& section : placed) {
    const std::vector<std::uint8_t> header = encode_header(section.header);
    std::copy(header.begin(), header.end(), start.begin() + static_cast<std::ptrdiff_t>(at));
    at += header.size();
    initialized += section.header.raw_size;
  }
  const PeSection& last = placed.back().header;
  const std::uint64_t memory =
      round_up(std::uint64_t{last.virtual_address} + last.virtual_size, image.section_alignment);
  store_le(bytes, image.coff_at + 2,
           static_cast<std::uint16_t>(image.sections.size() + placed.size()));
  // Symbols would lie behind the sections, where the new ones go.
  store_le(bytes, image.coff_at + 8, std::uint32_t{0});
  store_le(bytes, image.coff_at + 12, std::uint32_t{0});
  store_le(bytes, image.optional_at + size_of_initialized_at,
           static_cast<std::uint32_t>(initialized));
  store_le(bytes, image.optional_at + size_of_image_at, static_cast<std::uint32_t>(memory));
  store_le(bytes, image.optional_at + checksum_at, std::uint32_t{0});
}

void write_zeros(os::AtomicFile& output, std::uint64_t count) {
  output.write(std::string(count, '\0'));
}

/// Exactly `size` bytes of the file, from where it stands.
void stream(int fd, const std::filesystem::path& path, std::uint64_t size, os::AtomicFile& output) {
  std::vector<std::uint8_t> buffer(1U << 20);
  while (size > 0) {
    os::check_stop();
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
    const std::size_t got = os::read_some(fd, std::span(buffer).first(want), path);
    if (got == 0) {
      throw Error(Fault::io, format("{} became shorter while it was read", path.string()));
    }
    output.write(std::span<const std::uint8_t>(buffer).first(got));
    size -= got;
  }
}

void write_content(const Placed& placed, os::AtomicFile& output) {
  output.write(placed.section->text);
  std::uint64_t written = placed.section->text.size();
  for (const Piece& piece : placed.pieces) {
    const os::Fd fd = os::open_file(piece.path, O_RDONLY);
    stream(fd.get(), piece.path, piece.size, output);
    const std::uint64_t padding =
        placed.pieces.size() == 1 ? 0 : round_up(piece.size, archive_padding) - piece.size;
    write_zeros(output, padding);
    written += piece.size + padding;
  }
  write_zeros(output, placed.header.raw_size - written);
}

}  // namespace

void append_sections(const std::filesystem::path& source, const std::vector<NewSection>& sections,
                     const std::filesystem::path& output) {
  if (sections.empty()) {
    throw Error(Fault::internal, "no sections to append; this is a bug in ingot");
  }
  during(format("adding sections to {}", source.string()), [&] {
    const PeImage image = read_pe(source);
    check_room(image, sections);
    const std::vector<Placed> placed = place(image, sections);
    const os::Fd in = os::open_file(source, O_RDONLY);
    std::vector<std::uint8_t> start(image.size_of_headers);
    std::size_t filled = 0;
    while (filled < start.size()) {
      const std::size_t got = os::read_some(in.get(), std::span(start).subspan(filled), source);
      if (got == 0) {
        throw Error(Fault::io, format("{} became shorter while it was read", source.string()));
      }
      filled += got;
    }
    change_headers(start, image, placed);
    os::AtomicFile out(output);
    out.write(std::span<const std::uint8_t>(start));
    const std::uint64_t old_end = content_end(image);
    stream(in.get(), source, old_end - start.size(), out);
    write_zeros(out, placed.front().header.raw_offset - old_end);
    for (const Placed& section : placed) {
      write_content(section, out);
    }
    out.commit();
  });
}

}  // namespace ingot::boot
