// SPDX-License-Identifier: Apache-2.0
#include "disk/gpt.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "disk/crc32.hpp"
#include "os/place.hpp"
#include "os/fd.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t header_size = 92;
constexpr std::size_t entry_size = 128;
constexpr std::size_t entry_count = 128;
constexpr std::size_t entries_size = entry_size * entry_count;
constexpr std::size_t name_units = 36;
constexpr std::string_view signature = "EFI PART";
constexpr std::uint32_t revision = 0x00010000;

using Span = std::span<const std::uint8_t>;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Fault::input, "partition table: " + reason);
}

std::uint64_t first_usable() { return gpt_front_sectors; }
std::uint64_t last_usable(std::uint64_t sectors) { return sectors - gpt_back_sectors - 1; }

void check_sectors(std::uint64_t sectors) {
  if (sectors < gpt_front_sectors + gpt_back_sectors + 1) {
    refuse(format("a disk of {} sectors is too small for one", sectors));
  }
}

void check_partitions(const GptTable& table) {
  if (table.partitions.size() > entry_count) {
    refuse(format("{} partitions, at most {} are possible", table.partitions.size(), entry_count));
  }
  std::set<Guid> ids = {table.disk};
  std::vector<Partition> sorted = table.partitions;
  std::sort(sorted.begin(), sorted.end(),
            [](const Partition& a, const Partition& b) { return a.first < b.first; });
  std::uint64_t free_from = first_usable();
  for (const Partition& partition : sorted) {
    if (partition.type.is_zero() || partition.id.is_zero() || !ids.insert(partition.id).second) {
      refuse(format("partition '{}' has no type or no id of its own", partition.name));
    }
    if (partition.first.number < free_from || partition.last < partition.first ||
        partition.last.number > last_usable(table.sectors)) {
      refuse(
          format("partition '{}' (sectors {} to {}) overlaps another or leaves the usable "
                 "sectors {} to {}",
                 partition.name, partition.first.number, partition.last.number, first_usable(),
                 last_usable(table.sectors)));
    }
    free_from = partition.last.number + 1;
  }
}

std::vector<std::uint8_t> encode_entries(const GptTable& table) {
  RecordWriter entries;
  for (const Partition& partition : table.partitions) {
    const bool printable = std::all_of(partition.name.begin(), partition.name.end(),
                                       [](char c) { return c >= 0x20 && c < 0x7f; });
    if (partition.name.size() > name_units || !printable) {
      refuse(format("partition name '{}' is longer than {} characters or not printable ASCII",
                    partition.name, name_units));
    }
    const std::size_t start = entries.size();
    entries.raw(partition.type.disk_bytes()).raw(partition.id.disk_bytes());
    entries.u64(partition.first.number).u64(partition.last.number).u64(partition.attributes);
    for (const char unit : partition.name) {
      entries.u16(static_cast<std::uint8_t>(unit));
    }
    entries.pad_to(start + entry_size);
  }
  return entries.pad_to(entries_size).bytes();
}

struct HeaderPlace {
  std::uint64_t own;
  std::uint64_t other;
  std::uint64_t entries;
};

HeaderPlace primary_place(std::uint64_t sectors) { return {1, sectors - 1, 2}; }
HeaderPlace backup_place(std::uint64_t sectors) {
  return {sectors - 1, 1, sectors - gpt_back_sectors};
}

std::vector<std::uint8_t> encode_header(const GptTable& table, const HeaderPlace& place,
                                        std::uint32_t entries_crc) {
  RecordWriter header;
  header.text(signature).u32(revision).u32(header_size).u32(0).u32(0);
  header.u64(place.own).u64(place.other);
  header.u64(first_usable()).u64(last_usable(table.sectors));
  header.raw(table.disk.disk_bytes());
  header.u64(place.entries).u32(entry_count).u32(entry_size).u32(entries_crc);
  if (header.size() != header_size) {
    throw Error(Fault::internal, "the GPT header does not have 92 bytes; this is a bug in ingot");
  }
  store_le(std::span(header.bytes()), 16, crc32(header.bytes()));
  return header.pad_to(sector_size).bytes();
}

/// One partition of type 0xee over the whole disk, so that old tools see no free space.
std::vector<std::uint8_t> protective_mbr(std::uint64_t sectors) {
  RecordWriter mbr;
  mbr.zeros(446);
  mbr.u8(0).u8(0x00).u8(0x02).u8(0x00);
  mbr.u8(0xee).u8(0xff).u8(0xff).u8(0xff);
  mbr.u32(1).u32(static_cast<std::uint32_t>(std::min<std::uint64_t>(sectors - 1, 0xffffffffU)));
  mbr.zeros(48).u16(0xaa55);
  return mbr.pad_to(sector_size).bytes();
}

Guid guid_at(Span bytes, std::size_t at) {
  std::array<std::uint8_t, Guid::size> raw{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), Guid::size, raw.begin());
  return Guid::from_disk_bytes(raw);
}

Partition decode_entry(Span entry) {
  Partition partition;
  partition.type = guid_at(entry, 0);
  partition.id = guid_at(entry, 16);
  partition.first = {load_le<std::uint64_t>(entry, 32)};
  partition.last = {load_le<std::uint64_t>(entry, 40)};
  partition.attributes = load_le<std::uint64_t>(entry, 48);
  for (std::size_t i = 0; i < name_units; ++i) {
    const auto unit = load_le<std::uint16_t>(entry, 56 + 2 * i);
    if (unit == 0) {
      break;
    }
    partition.name += unit >= 0x20 && unit < 0x7f ? static_cast<char>(unit) : '?';
  }
  return partition;
}

/// One copy: the header's sector and the bytes of its entries.
GptTable decode_copy(const std::string& which, Span header, Span entries, const HeaderPlace& place,
                     std::uint64_t sectors) {
  const auto need = [&](bool holds, const char* what) {
    if (!holds) {
      refuse(format("the {} header {}", which, what));
    }
  };
  need(std::equal(signature.begin(), signature.end(), header.begin()), "has no 'EFI PART'");
  need(load_le<std::uint32_t>(header, 8) == revision, "has an unknown revision");
  need(load_le<std::uint32_t>(header, 12) == header_size, "does not have 92 bytes");
  std::vector<std::uint8_t> summed(header.begin(), header.begin() + header_size);
  store_le(std::span(summed), 16, std::uint32_t{0});
  need(load_le<std::uint32_t>(header, 16) == crc32(summed), "does not match its checksum");
  need(load_le<std::uint64_t>(header, 24) == place.own, "belongs to another sector");
  need(load_le<std::uint64_t>(header, 32) == place.other, "does not name its other copy");
  need(load_le<std::uint64_t>(header, 40) >= first_usable() &&
           load_le<std::uint64_t>(header, 48) <= last_usable(sectors),
       "lets partitions overlap the table");
  need(load_le<std::uint64_t>(header, 72) == place.entries, "has entries at an unusual place");
  need(load_le<std::uint32_t>(header, 80) == entry_count &&
           load_le<std::uint32_t>(header, 84) == entry_size,
       "does not have 128 entries of 128 bytes");
  need(load_le<std::uint32_t>(header, 88) == crc32(entries), "has entries with another checksum");

  GptTable table{.disk = guid_at(header, 56), .sectors = sectors, .partitions = {}};
  for (std::size_t i = 0; i < entry_count; ++i) {
    const Span entry = entries.subspan(i * entry_size, entry_size);
    if (!guid_at(entry, 0).is_zero()) {
      table.partitions.push_back(decode_entry(entry));
    }
  }
  check_partitions(table);
  return table;
}

}  // namespace

GptBytes encode_gpt(const GptTable& table) {
  check_sectors(table.sectors);
  check_partitions(table);
  const std::vector<std::uint8_t> entries = encode_entries(table);
  const std::uint32_t sum = crc32(entries);
  RecordWriter front;
  front.raw(protective_mbr(table.sectors));
  front.raw(encode_header(table, primary_place(table.sectors), sum));
  front.raw(entries);
  RecordWriter back;
  back.raw(entries);
  back.raw(encode_header(table, backup_place(table.sectors), sum));
  return {std::move(front.bytes()), std::move(back.bytes())};
}

GptTable decode_gpt(Span front, Span back, std::uint64_t sectors) {
  check_sectors(sectors);
  if (front.size() != gpt_front_sectors * sector_size ||
      back.size() != gpt_back_sectors * sector_size) {
    refuse("is cut off");
  }
  if (load_le<std::uint16_t>(front, 510) != 0xaa55 || front[446 + 4] != 0xee) {
    refuse("there is no protective master boot record in front of it");
  }
  const GptTable primary =
      decode_copy("primary", front.subspan(sector_size, sector_size),
                  front.subspan(2 * sector_size), primary_place(sectors), sectors);
  const GptTable backup = decode_copy("backup", back.subspan(entries_size),
                                      back.first(entries_size), backup_place(sectors), sectors);
  if (!(primary == backup)) {
    refuse("the two copies differ");
  }
  return primary;
}

void write_gpt(int fd, const std::filesystem::path& name, const GptTable& table) {
  const GptBytes bytes = encode_gpt(table);
  os::write_at(fd, name, 0, bytes.front);
  os::write_at(fd, name, (table.sectors - gpt_back_sectors) * sector_size, bytes.back);
}

GptTable read_gpt(const std::filesystem::path& image) {
  return during(format("reading the partition table of {}", image.string()), [&] {
    const os::Fd fd = os::open_file(image, O_RDONLY);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) {
      throw_errno("cannot look at the image");
    }
    if (!S_ISREG(status.st_mode)) {
      throw Error(Fault::input, "this is no regular file");
    }
    const std::uint64_t sectors = static_cast<std::uint64_t>(status.st_size) / sector_size;
    check_sectors(sectors);
    std::vector<std::uint8_t> front(gpt_front_sectors * sector_size);
    std::vector<std::uint8_t> back(gpt_back_sectors * sector_size);
    os::read_at(fd.get(), image, 0, front);
    os::read_at(fd.get(), image, (sectors - gpt_back_sectors) * sector_size, back);
    return decode_gpt(front, back, sectors);
  });
}

}  // namespace ingot::disk
