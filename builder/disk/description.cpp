// SPDX-License-Identifier: Apache-2.0
#include "disk/description.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::disk {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::string_view schema = "ingot/disk/v1";

/// The way in which blkid shows the volume id of a FAT.
std::string fat_uuid(std::uint32_t volume_id) {
  return format("{:04X}-{:04X}", volume_id >> 16U, volume_id & 0xffffU);
}

ordered_json json_of(const DescribedPartition& partition) {
  ordered_json row;
  row["type"] = partition.entry.type.text();
  row["id"] = partition.entry.id.text();
  row["name"] = partition.entry.name;
  row["firstLba"] = partition.entry.first.number;
  row["lastLba"] = partition.entry.last.number;
  row["attributes"] = partition.entry.attributes;
  row["fileSystem"] = {{"type", partition.file_system}, {"uuid", partition.uuid}};
  if (!partition.files) return row;
  row["files"] = ordered_json::array();
  for (const DescribedFile& file : *partition.files) {
    row["files"].push_back(
        {{"path", file.path}, {"size", file.size}, {"sha256", file.digest.hex()}});
  }
  return row;
}

DescribedPartition partition_of(const json& row) {
  DescribedPartition partition;
  partition.entry.type = Guid::from_text(row.at("type").get<std::string>());
  partition.entry.id = Guid::from_text(row.at("id").get<std::string>());
  partition.entry.name = row.at("name").get<std::string>();
  partition.entry.first = {row.at("firstLba").get<std::uint64_t>()};
  partition.entry.last = {row.at("lastLba").get<std::uint64_t>()};
  partition.entry.attributes = row.at("attributes").get<std::uint64_t>();
  partition.file_system = row.at("fileSystem").at("type").get<std::string>();
  partition.uuid = row.at("fileSystem").at("uuid").get<std::string>();
  if (partition.entry.last < partition.entry.first) {
    throw Error(Fault::verification, "a partition ends before it begins");
  }
  if (row.find("files") == row.end()) return partition;
  partition.files.emplace();
  for (const json& file : row.at("files")) {
    partition.files->push_back({file.at("path").get<std::string>(),
                                file.at("size").get<std::uint64_t>(),
                                Sha256::from_hex(file.at("sha256").get<std::string>())});
  }
  return partition;
}

}  // namespace

DiskDescription describe_disk(const DiskRequest& request) {
  const Layout layout = plan_layout(request.spec);
  std::vector<DescribedFile> files;
  for (const EspFile& file : request.esp_files) {
    const crypto::FileDigest measured = crypto::measure_file(file.source);
    files.push_back({file.path, measured.size, measured.digest});
  }
  std::sort(files.begin(), files.end(),
            [](const DescribedFile& a, const DescribedFile& b) { return a.path < b.path; });
  return {.size = {layout.table.sectors * sector_size},
          .id = layout.table.disk,
          .partitions = {{layout.esp(), "vfat", fat_uuid(layout.volume_id), std::move(files)},
                         {layout.root(), "ext4", layout.file_system.text(), std::nullopt}}};
}

std::string description_text(const DiskDescription& description) {
  ordered_json top;
  top["schema"] = schema;
  top["size"] = description.size.count;
  top["sectorSize"] = sector_size;
  top["id"] = description.id.text();
  top["partitions"] = ordered_json::array();
  for (const DescribedPartition& partition : description.partitions) {
    top["partitions"].push_back(json_of(partition));
  }
  return top.dump(2) + "\n";
}

DiskDescription parse_disk_description(std::string_view text) {
  try {
    const json top = crypto::parse_strict_json(text, "the disk description");
    if (top.at("schema").get<std::string>() != schema) {
      throw Error(Fault::verification, format("its schema is not {}", schema));
    }
    if (top.at("sectorSize").get<std::uint64_t>() != sector_size) {
      throw Error(Fault::verification, format("its sectors are not of {} bytes", sector_size));
    }
    DiskDescription description{{top.at("size").get<std::uint64_t>()},
                                Guid::from_text(top.at("id").get<std::string>()),
                                {}};
    for (const json& row : top.at("partitions")) {
      description.partitions.push_back(partition_of(row));
    }
    return description;
  } catch (const json::exception& error) {
    throw Error(Fault::verification,
                format("the disk description cannot be read: {}", error.what()));
  } catch (const Error& error) {
    throw Error(Fault::verification,
                format("the disk description cannot be read: {}", error.message()));
  }
}

}  // namespace ingot::disk
