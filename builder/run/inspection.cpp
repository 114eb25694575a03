// SPDX-License-Identifier: Apache-2.0
#include "run/inspection.hpp"

#include "base/error.hpp"
#include "base/words.hpp"
#include "disk/partition.hpp"
#include "run/guest_files.hpp"

namespace ingot::run {
namespace {

constexpr std::uint64_t largest_os_release = 1U << 16;
constexpr std::uint64_t largest_status = 64U << 20;

/// The value of a key of os-release(5), without quotes.
std::string value_of(const std::string& text, const std::string& key) {
  for (const std::string& line : split(text, '\n')) {
    if (!line.starts_with(key + "=")) continue;
    std::string_view value = trimmed(std::string_view(line).substr(key.size() + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
  }
  return {};
}

std::size_t installed_packages(const std::string& status) {
  std::size_t count = 0;
  for (const std::string& line : split(status, '\n')) {
    if (line.starts_with("Status: ") && line.ends_with(" ok installed")) ++count;
  }
  return count;
}

void look_at_esp(guest::Guest& guest, int partition, Inspection& result) {
  for (const archive::ListedFile& file : guest_files(guest, partition)) {
    if (file.digest) result.esp_files.push_back({file.path, file.size, *file.digest});
  }
}

/// Learns about the operating system, if the partition holds one.
void look_at_root(guest::Guest& guest, int partition, Inspection& result) {
  const auto os_release = guest.read_file(partition, "usr/lib/os-release", largest_os_release);
  if (!os_release) return;
  result.root = partition;
  result.os_name = value_of(*os_release, "PRETTY_NAME");
  const std::string image = value_of(*os_release, "IMAGE_ID");
  if (!image.empty()) result.image = image + " " + value_of(*os_release, "IMAGE_VERSION");
  result.kernels = guest.names_in(partition, "usr/lib/modules");
  const auto status = guest.read_file(partition, "var/lib/dpkg/status", largest_status);
  if (status) result.packages = installed_packages(*status);
}

}  // namespace

Inspection inspect_disk(guest::Guest& guest) {
  Inspection result;
  result.table = guest.table();
  for (const guest::Partition& entry : result.table.partitions) {
    InspectedPartition partition{entry, {}, {}};
    try {
      partition.file_system = guest.file_system(entry.number);
      if (entry.type == disk::esp_type().text()) {
        look_at_esp(guest, entry.number, result);
      } else if (!partition.file_system.kind.empty() && result.root == 0) {
        look_at_root(guest, entry.number, result);
      }
    } catch (const Error& error) {
      if (error.fault() != Fault::verification) throw;
      partition.unreadable = error.message();
    }
    result.partitions.push_back(std::move(partition));
  }
  return result;
}

}  // namespace ingot::run
