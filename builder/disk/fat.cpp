// SPDX-License-Identifier: Apache-2.0
#include "disk/fat.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "base/words.hpp"
#include "disk/fat_name.hpp"
#include "disk/partition.hpp"
#include "os/place.hpp"
#include "os/fd.hpp"
#include "os/signals.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint32_t reserved_sectors = 32;
constexpr std::uint32_t backup_boot_sector = 6;
constexpr std::uint32_t fat_copies = 2;
constexpr std::uint32_t root_cluster = 2;
constexpr std::uint32_t fewest_clusters = 65525;  // with fewer it would be a FAT16
constexpr std::uint32_t end_of_chain = 0x0fffffff;
constexpr std::uint64_t largest_file = 0xffffffffU;
constexpr std::size_t record_size = 32;
constexpr std::uint8_t folder_attribute = 0x10;
constexpr std::uint8_t archive_attribute = 0x20;
constexpr std::uint8_t label_attribute = 0x08;

struct Geometry {
  std::uint32_t sectors = 0;
  std::uint32_t cluster_sectors = 0;
  std::uint32_t fat_sectors = 0;
  std::uint32_t clusters = 0;

  std::uint64_t cluster_size() const { return cluster_sectors * sector_size; }
  std::uint64_t place_of(std::uint32_t cluster) const {
    return (reserved_sectors + std::uint64_t{fat_copies} * fat_sectors) * sector_size +
           (cluster - root_cluster) * cluster_size();
  }
};

/// Clusters of 4 KiB where the size allows: firmware reads them faster than single sectors.
Geometry geometry_of(Bytes size) {
  const std::uint64_t sectors = size.count / sector_size;
  if (sectors > 0x7fffffffU) {
    throw Error(Fault::input, format("an EFI system partition of {} is too large", human(size)));
  }
  for (std::uint32_t cluster_sectors = 8; cluster_sectors > 0; cluster_sectors /= 2) {
    Geometry geometry{.sectors = static_cast<std::uint32_t>(sectors),
                      .cluster_sectors = cluster_sectors};
    const std::uint64_t entries = sectors / cluster_sectors + root_cluster;
    // Multiples of four sectors keep the clusters on borders of 4 KiB.
    geometry.fat_sectors = static_cast<std::uint32_t>(round_up(round_up(entries, 128) / 128, 4));
    const std::uint64_t tables = reserved_sectors + fat_copies * geometry.fat_sectors;
    if (sectors <= tables) {
      continue;
    }
    geometry.clusters = static_cast<std::uint32_t>((sectors - tables) / cluster_sectors);
    if (geometry.clusters >= fewest_clusters) {
      return geometry;
    }
  }
  throw Error(Fault::input, format("an EFI system partition of {} is too small for FAT32: give it "
                                   "64 MiB or more",
                                   human(size)));
}

struct Node {
  std::string name;
  bool folder = true;
  std::filesystem::path source;  // of a file
  std::uint64_t size = 0;        // of a file, or of a folder's records
  std::uint32_t first = 0;       // cluster; 0 for an empty file
  std::uint32_t clusters = 0;
  std::map<std::string, std::unique_ptr<Node>> children;  // by folded name
};

std::uint64_t size_of_source(const std::filesystem::path& source) {
  struct stat status {};
  if (::stat(source.c_str(), &status) != 0) {
    throw_errno(format("cannot look at {}", source.string()));
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::input, format("{} is no regular file", source.string()));
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > largest_file) {
    throw Error(Fault::input, format("{} is larger than FAT allows (4 GiB)", source.string()));
  }
  return size;
}

Node& child_of(Node& parent, const std::string& name, bool folder, const std::string& path) {
  check_fat_name(name);
  auto& child = parent.children[folded(name)];
  if (!child) {
    child = std::make_unique<Node>();
    child->name = name;
    child->folder = folder;
  } else if (!folder || !child->folder || child->name != name) {
    throw Error(Fault::input, format("'{}' is there twice on the EFI system partition (case does "
                                     "not count)",
                                     path));
  }
  return *child;
}

Node tree_of(const std::vector<EspFile>& files) {
  Node root;
  for (const EspFile& file : files) {
    const std::vector<std::string> names = split(file.path, '/');
    if (names.empty()) {
      throw Error(Fault::input, "a file of the EFI system partition has an empty path");
    }
    Node* node = &root;
    for (std::size_t i = 0; i < names.size(); ++i) {
      node = &child_of(*node, names[i], i + 1 < names.size(), file.path);
    }
    node->source = file.source;
    node->size = size_of_source(file.source);
  }
  return root;
}

std::size_t records_of(const Node& folder, bool root) {
  std::size_t records = root ? 1 : 2;  // the label, or "." and ".."
  for (const auto& [key, child] : folder.children) {
    records += 1 + (is_short_name(child->name) ? 0 : (child->name.size() + 12) / 13);
  }
  return records;
}

/// Gives every node consecutive clusters; returns the first free one.
std::uint64_t place(Node& node, bool root, std::uint64_t next, std::uint64_t cluster_size) {
  if (node.folder) {
    node.size = records_of(node, root) * record_size;
  }
  const std::uint64_t clusters = round_up(node.size, cluster_size) / cluster_size;
  node.first = clusters == 0 ? 0 : static_cast<std::uint32_t>(next);
  node.clusters = static_cast<std::uint32_t>(clusters);
  next += clusters;
  for (auto& [key, child] : node.children) {
    next = place(*child, false, next, cluster_size);
  }
  return next;
}

struct FatTime {
  std::uint16_t date = 0;
  std::uint16_t time = 0;
};

FatTime fat_time(std::int64_t epoch) {
  using namespace std::chrono;
  const sys_seconds earliest = sys_days(year{1980} / 1 / 1);
  const sys_seconds latest = sys_days(year{2107} / 12 / 31);
  const sys_seconds moment = std::clamp(sys_seconds(seconds(epoch)), earliest, latest);
  const sys_days day = floor<days>(moment);
  const year_month_day ymd(day);
  const hh_mm_ss clock(moment - day);
  const auto years = static_cast<unsigned>(static_cast<int>(ymd.year()) - 1980);
  return {static_cast<std::uint16_t>(years << 9 | static_cast<unsigned>(ymd.month()) << 5 |
                                     static_cast<unsigned>(ymd.day())),
          static_cast<std::uint16_t>(clock.hours().count() << 11 | clock.minutes().count() << 5 |
                                     clock.seconds().count() / 2)};
}

/// Everything that goes to disk, in one place for the four kinds of blocks.
class FatWriter {
public:
  FatWriter(int fd, const std::filesystem::path& name, const FatSpec& spec)
      : fd_(fd),
        name_(name),
        spec_(spec),
        geometry_(geometry_of(spec.size)),
        time_(fat_time(spec.epoch)),
        root_(tree_of(spec.files)) {
    next_ = place(root_, true, root_cluster, geometry_.cluster_size());
    const std::uint64_t used = next_ - root_cluster;
    if (used > geometry_.clusters) {
      throw Error(Fault::input,
                  format("the files of the EFI system partition need {} MiB, it has {} MiB: make "
                         "it larger",
                         (used * geometry_.cluster_size() >> 20) + 1,
                         geometry_.clusters * geometry_.cluster_size() >> 20));
    }
  }

  void write() {
    write_boot_sectors();
    write_tables();
    write_node(root_, root_);
  }

private:
  void put(std::uint64_t at, std::span<const std::uint8_t> bytes) const {
    os::write_at(fd_, name_, spec_.offset + at, bytes);
  }

  std::string label() const {
    if (spec_.label.empty() || spec_.label.size() > 11) {
      throw Error(Fault::input,
                  format("'{}' cannot be a FAT label: 1 to 11 characters", spec_.label));
    }
    check_fat_name(spec_.label);
    std::string label = folded(spec_.label);
    label.resize(11, ' ');
    return label;
  }

  void write_boot_sectors() const {
    RecordWriter boot;
    boot.u8(0xeb).u8(0x58).u8(0x90).text("INGOT   ");
    boot.u16(sector_size).u8(static_cast<std::uint8_t>(geometry_.cluster_sectors));
    boot.u16(reserved_sectors).u8(fat_copies).u16(0).u16(0).u8(0xf8).u16(0);
    boot.u16(63).u16(255);
    boot.u32(static_cast<std::uint32_t>(spec_.offset / sector_size)).u32(geometry_.sectors);
    boot.u32(geometry_.fat_sectors).u16(0).u16(0).u32(root_cluster);
    boot.u16(1).u16(backup_boot_sector).zeros(12);
    boot.u8(0x80).u8(0).u8(0x29).u32(spec_.volume_id).text(label()).text("FAT32   ");
    // Not for starting from: a BIOS that tries is stopped (cli; hlt; jmp back).
    boot.u8(0xfa).u8(0xf4).u8(0xeb).u8(0xfc).pad_to(510).u16(0xaa55);

    RecordWriter info;
    info.u32(0x41615252).zeros(480).u32(0x61417272);
    info.u32(geometry_.clusters - static_cast<std::uint32_t>(next_ - root_cluster));
    info.u32(static_cast<std::uint32_t>(next_ - 1)).pad_to(508).u32(0xaa550000);

    for (const std::uint64_t sector : {std::uint64_t{0}, std::uint64_t{backup_boot_sector}}) {
      put(sector * sector_size, boot.bytes());
      put((sector + 1) * sector_size, info.bytes());
    }
  }

  void chain(const Node& node, RecordWriter& table) const {
    for (std::uint32_t i = 1; i <= node.clusters; ++i) {
      table.u32(i == node.clusters ? end_of_chain : node.first + i);
    }
    for (const auto& [key, child] : node.children) {
      chain(*child, table);
    }
  }

  void write_tables() const {
    RecordWriter table;
    table.u32(0x0ffffff8).u32(end_of_chain);
    chain(root_, table);
    for (std::uint64_t copy = 0; copy < fat_copies; ++copy) {
      put((reserved_sectors + copy * geometry_.fat_sectors) * sector_size, table.bytes());
    }
  }

  void record(RecordWriter& folder, std::string_view short_name, std::uint8_t attributes,
              std::uint32_t first, std::uint64_t size) const {
    folder.text(short_name).u8(attributes).u8(0).u8(0);
    folder.u16(time_.time).u16(time_.date).u16(time_.date);
    folder.u16(static_cast<std::uint16_t>(first >> 16));
    folder.u16(time_.time).u16(time_.date);
    folder.u16(static_cast<std::uint16_t>(first)).u32(static_cast<std::uint32_t>(size));
  }

  std::vector<std::uint8_t> folder_records(const Node& node, const Node& parent) const {
    RecordWriter records;
    if (&node == &root_) {
      record(records, label(), label_attribute, 0, 0);
    } else {
      // The root's cluster is written as 0 in "..".
      record(records, ".          ", folder_attribute, node.first, 0);
      record(records, "..         ", folder_attribute, &parent == &root_ ? 0 : parent.first, 0);
    }
    // Names that are short already come first, so that no alias takes theirs.
    std::set<ShortName> taken;
    std::map<const Node*, ShortName> aliases;
    for (const bool exact : {true, false}) {
      for (const auto& [key, child] : node.children) {
        if (is_short_name(child->name) == exact) {
          aliases[child.get()] = short_name_for(child->name, taken);
        }
      }
    }
    for (const auto& [key, child] : node.children) {
      const ShortName& alias = aliases.at(child.get());
      records.raw(long_name_records(child->name, alias));
      record(records, {alias.data(), alias.size()},
             child->folder ? folder_attribute : archive_attribute, child->first,
             child->folder ? 0 : child->size);
    }
    if (records.size() != node.size) {
      throw Error(Fault::internal, "a FAT folder has another size than planned; a bug in ingot");
    }
    return std::move(records.bytes());
  }

  void copy_file(const Node& node) const {
    const os::Fd source = os::open_file(node.source, O_RDONLY);
    std::vector<std::uint8_t> buffer(1U << 20);
    std::uint64_t done = 0;
    while (true) {
      os::check_stop();
      const std::size_t got = os::read_some(source.get(), buffer, node.source);
      if (got == 0) {
        break;
      }
      if (done + got > node.size) {
        throw Error(Fault::io, format("{} grew while it was read", node.source.string()));
      }
      put(geometry_.place_of(node.first) + done, std::span(buffer).first(got));
      done += got;
    }
    if (done != node.size) {
      throw Error(Fault::io, format("{} shrank while it was read", node.source.string()));
    }
  }

  void write_node(const Node& node, const Node& parent) const {
    if (node.folder) {
      put(geometry_.place_of(node.first), folder_records(node, parent));
    } else if (node.size != 0) {
      copy_file(node);
    }
    for (const auto& [key, child] : node.children) {
      write_node(*child, node);
    }
  }

  int fd_;
  const std::filesystem::path& name_;
  const FatSpec& spec_;
  Geometry geometry_;
  FatTime time_;
  Node root_;
  std::uint64_t next_ = root_cluster;  // first free cluster
};

}  // namespace

void write_fat(int fd, const std::filesystem::path& name, const FatSpec& spec) {
  during("writing the EFI system partition", [&] { FatWriter(fd, name, spec).write(); });
}

}  // namespace ingot::disk
