// SPDX-License-Identifier: Apache-2.0
#include "run/disk_comparison.hpp"

#include <algorithm>
#include <map>

#include "archive/file_difference.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "disk/gpt.hpp"
#include "run/guest_files.hpp"

namespace ingot::run {
namespace {

using Files = std::vector<archive::ListedFile>;

/// Every ext4 has it: there fsck puts what it finds.
bool is_lost_and_found(const archive::ListedFile& file) {
  return file.path == "lost+found" && file.kind == os::FileKind::folder && file.mode == 0700 &&
         file.uid == 0 && file.gid == 0;
}

class Comparison {
public:
  Comparison(guest::Guest& guest, const disk::DiskDescription& description, const Files& files,
             Report& report)
      : guest_(guest), description_(description), files_(files), report_(report) {}

  DiskComparison run() {
    const guest::PartitionTable table = guest_.table();
    compare_table(table);
    for (std::size_t i = 0; i < description_.partitions.size(); ++i) {
      const int number = static_cast<int>(i) + 1;
      const bool there =
          std::any_of(table.partitions.begin(), table.partitions.end(),
                      [&](const guest::Partition& found) { return found.number == number; });
      if (there) compare_content(number, description_.partitions[i]);
    }
    return std::move(result_);
  }

private:
  void note(int partition, std::string where, std::string what, std::string expected,
            std::string found) {
    if (expected == found) return;
    result_.differences.push_back(
        {std::move(where), partition, std::move(what), std::move(expected), std::move(found)});
  }

  void compare_table(const guest::PartitionTable& table) {
    note(0, "disk", "size", format("{} bytes", description_.size.count),
         format("{} bytes", table.disk.count));
    note(0, "disk", "kind of table", "gpt", table.kind.empty() ? "none" : table.kind);
    note(0, "disk", "id", description_.id.text(), table.id);
    if (table.kind == "gpt") compare_raw_table(table.disk);
    std::map<int, const guest::Partition*> found;
    for (const guest::Partition& partition : table.partitions) {
      found[partition.number] = &partition;
    }
    for (std::size_t i = 0; i < description_.partitions.size(); ++i) {
      const int number = static_cast<int>(i) + 1;
      const auto at = found.find(number);
      if (at == found.end()) {
        note(number, name_of(number), "missing", description_.partitions[i].entry.name, "");
        continue;
      }
      compare_entry(number, description_.partitions[i].entry, *at->second);
      found.erase(at);
    }
    for (const auto& [number, partition] : found) {
      note(number, name_of(number), "added", "",
           format("{} at {}, {} bytes", partition->type, partition->start, partition->size.count));
    }
  }

  /// What the machine's tools do not tell: the copy at the disk's end, and all attribute bits.
  void compare_raw_table(Bytes size) {
    const auto read = [&](std::uint64_t first, std::uint64_t sectors) {
      const std::string bytes =
          guest_.read_bytes(first * disk::sector_size, sectors * disk::sector_size);
      return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
    };
    try {
      const std::uint64_t sectors = size.count / disk::sector_size;
      if (sectors < disk::gpt_front_sectors + disk::gpt_back_sectors) return;
      const disk::GptTable table =
          disk::decode_gpt(read(0, disk::gpt_front_sectors),
                           read(sectors - disk::gpt_back_sectors, disk::gpt_back_sectors), sectors);
      const std::size_t count = std::min(table.partitions.size(), description_.partitions.size());
      for (std::size_t i = 0; i < count; ++i) {
        const int number = static_cast<int>(i) + 1;
        note(number, name_of(number), "attributes",
             format("{:#x}", description_.partitions[i].entry.attributes),
             format("{:#x}", table.partitions[i].attributes));
      }
    } catch (const Error& error) {
      if (error.fault() != Fault::input) throw;
      note(0, "disk", "table", "two whole and equal copies", error.message());
    }
  }

  static std::string name_of(int number) { return format("partition {}", number); }

  void compare_entry(int number, const disk::Partition& expected, const guest::Partition& found) {
    const std::string where = name_of(number);
    note(number, where, "type", expected.type.text(), found.type);
    note(number, where, "id", expected.id.text(), found.id);
    note(number, where, "name", expected.name, found.name);
    note(number, where, "start", format("byte {}", expected.offset()),
         format("byte {}", found.start));
    note(number, where, "size", format("{} bytes", expected.size().count),
         format("{} bytes", found.size.count));
  }

  void compare_content(int number, const disk::DescribedPartition& expected) {
    const std::string where = name_of(number);
    try {
      const guest::FileSystem found = guest_.file_system(number);
      note(number, where, "file system", expected.file_system, found.kind);
      note(number, where, "UUID", expected.uuid, found.uuid);
      if (found.kind.empty()) return;
      report_.note(format("reading the files of partition {} ({})", number, found.kind));
      Files files = guest_files(guest_, number);
      result_.files += files.size();
      for (const archive::ListedFile& file : files) result_.bytes += file.size;
      if (expected.files) {
        compare_given_files(number, *expected.files, files);
      } else {
        compare_tree(number, std::move(files));
      }
    } catch (const Error& error) {
      if (error.fault() != Fault::verification) throw;
      note(number, where, "content", "readable", error.message());
    }
  }

  void compare_tree(int number, Files found) {
    found.erase(std::remove_if(found.begin(), found.end(), is_lost_and_found), found.end());
    for (archive::FileDifference& difference : archive::file_differences(files_, found)) {
      note(number, shown(difference.path), std::move(difference.what),
           std::move(difference.expected), std::move(difference.found));
    }
  }

  static std::string shown(const std::string& path) {
    return path == "." ? "/" : "/" + archive::escaped_path(path);
  }

  /// A file system without owners and modes: only names, sizes and digests were promised.
  void compare_given_files(int number, const std::vector<disk::DescribedFile>& expected,
                           const Files& found) {
    std::map<std::string, const archive::ListedFile*> by_path;
    for (const archive::ListedFile& file : found) by_path[file.path] = &file;
    for (const disk::DescribedFile& file : expected) {
      const auto at = by_path.find(file.path);
      if (at == by_path.end() || !at->second->digest) {
        note(number, shown(file.path), "missing", format("{} bytes", file.size), "");
      } else {
        note(number, shown(file.path), "size", format("{} bytes", file.size),
             format("{} bytes", at->second->size));
        note(number, shown(file.path), "content", "sha256 " + file.digest.hex(),
             "sha256 " + at->second->digest->hex());
      }
      if (at != by_path.end()) by_path.erase(at);
    }
    for (const auto& [path, file] : by_path) {
      const bool leads_to_one =
          file->kind == os::FileKind::folder &&
          (path == "." || std::any_of(expected.begin(), expected.end(),
                                      [&, name = path](const disk::DescribedFile& each) {
                                        return each.path.starts_with(name + "/");
                                      }));
      if (!leads_to_one) {
        note(number, shown(path), "added", "",
             format("{}, {} bytes", archive::name_of(file->kind), file->size));
      }
    }
  }

  guest::Guest& guest_;
  const disk::DiskDescription& description_;
  const Files& files_;
  Report& report_;
  DiskComparison result_;
};

}  // namespace

DiskComparison compare_disk(guest::Guest& guest, const disk::DiskDescription& description,
                            const std::vector<archive::ListedFile>& files, Report& report) {
  return Comparison(guest, description, files, report).run();
}

std::string line_of(const DiskDifference& difference) {
  std::string line = difference.where.starts_with('/')
                         ? format("partition {}: {}", difference.partition, difference.where)
                         : difference.where;
  line += ": " + difference.what;
  if (!difference.expected.empty()) line += format(": {} expected", difference.expected);
  if (!difference.found.empty()) {
    line += format("{} {} found", difference.expected.empty() ? ":" : ",", difference.found);
  }
  return line;
}

}  // namespace ingot::run
