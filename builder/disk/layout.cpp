// SPDX-License-Identifier: Apache-2.0
#include "disk/layout.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"

namespace ingot::disk {

namespace {

std::uint64_t whole_units(Bytes size) { return size.count / alignment * alignment; }

Partition partition_at(std::uint64_t offset, std::uint64_t size) {
  Partition partition;
  partition.first = {offset / sector_size};
  partition.last = {(offset + size) / sector_size - 1};
  return partition;
}

}  // namespace

std::string Layout::root_word() const { return "root=PARTUUID=" + root().id.text(); }

Layout plan_layout(const DiskSpec& spec) {
  const std::uint64_t size = whole_units(spec.size);
  const std::uint64_t esp_size = whole_units(spec.esp_size);
  if (esp_size < smallest_esp.count) {
    throw Error(Fault::input, format("an EFI system partition of {} is too small: give it {} MiB "
                                     "or more",
                                     human(spec.esp_size), smallest_esp.count >> 20));
  }
  // The table takes the first MiB; its backup lies in the last one.
  const std::uint64_t needed = 2 * alignment + esp_size + smallest_root.count;
  if (size < needed) {
    throw Error(Fault::input,
                format("a disk of {} MiB is too small: {} MiB are needed for the partition tables, "
                       "an EFI system partition of {} MiB and a root of {} MiB",
                       size >> 20, needed >> 20, esp_size >> 20, smallest_root.count >> 20));
  }
  Partition esp = partition_at(alignment, esp_size);
  esp.type = esp_type();
  esp.id = derived_guid(spec.seed, "partition esp");
  esp.name = "esp";
  Partition root = partition_at(alignment + esp_size, size - 2 * alignment - esp_size);
  root.type = root_x86_64_type();
  root.id = derived_guid(spec.seed, "partition root");
  root.name = "root";
  root.attributes = grow_file_system;

  Layout layout;
  layout.table.disk = derived_guid(spec.seed, "disk");
  layout.table.sectors = size / sector_size;
  layout.table.partitions = {esp, root};
  const auto volume = derived_guid(spec.seed, "file system esp").disk_bytes();
  layout.volume_id = load_le<std::uint32_t>(volume, 0);
  layout.file_system = derived_guid(spec.seed, "file system root");
  layout.hash_seed = derived_guid(spec.seed, "directory hashes root");
  return layout;
}

}  // namespace ingot::disk
