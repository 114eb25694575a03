// SPDX-License-Identifier: Apache-2.0
#include "run/node_changes.hpp"

namespace ingot::run {

const std::vector<NodeChange>& known_node_changes() {
  static const std::vector<NodeChange> changes = {
      {"/", Reach::times, "mount points were made in it"},
      {"/etc", Reach::times, "files were made in it"},
      {"/etc/.pwd.lock", Reach::path, "lock of the user database"},
      {"/etc/.updated", Reach::path, "systemd notes that /etc is up to date"},
      {"/etc/hostname", Reach::path, "the node's name"},
      {"/etc/machine-id", Reach::path, "made at the first boot"},
      {"/etc/resolv.conf", Reach::path, "name servers of the network"},
      {"/etc/ssh", Reach::times, "host keys were made in it"},
      {"/etc/ssh/ssh_host_", Reach::prefix, "host keys, made at the first boot"},
      {"/tmp", Reach::below, "temporary files"},
      {"/var", Reach::times, "files were made in it"},
      {"/var/.updated", Reach::path, "systemd notes that /var is up to date"},
      {"/var/cache", Reach::below, "caches"},
      {"/var/lib", Reach::times, "folders of services were made in it"},
      {"/var/lib/containerd", Reach::below, "containers"},
      {"/var/lib/dbus", Reach::below, "the machine id again"},
      {"/var/lib/dhcpcd", Reach::below, "leases"},
      {"/var/lib/kubelet", Reach::below, "pods"},
      {"/var/lib/logrotate", Reach::below, "when logs were rotated"},
      {"/var/lib/private", Reach::below, "state of services"},
      {"/var/lib/systemd", Reach::below, "state of services"},
      {"/var/lib/wtmpdb", Reach::below, "who was logged in"},
      {"/var/log", Reach::below, "logs"},
      {"/var/spool", Reach::times, "folders of services were made in it"},
      {"/var/tmp", Reach::below, "temporary files"},
  };
  return changes;
}

namespace {

bool is_covered(const NodeChange& change, const DiskDifference& difference) {
  const std::string& path = difference.where;
  switch (change.reach) {
    case Reach::times:
      return path == change.path && difference.what == "time";
    case Reach::path:
      return path == change.path;
    case Reach::prefix:
      return path.starts_with(change.path);
    case Reach::below:
      return path == change.path || path.starts_with(std::string(change.path) + "/");
  }
  return false;
}

bool is_number_above(const std::string& found, const std::string& expected) {
  // Both are "123 bytes": the longer number is the larger one.
  return found.size() != expected.size() ? found.size() > expected.size() : found > expected;
}

}  // namespace

std::optional<std::string> node_change(const DiskDifference& difference) {
  const std::string& where = difference.where;
  if (!where.starts_with('/')) {
    if (difference.what == "size" && is_number_above(difference.found, difference.expected)) {
      return where == "disk" ? "a disk larger than the image" : "grown to the disk";
    }
    return std::nullopt;
  }
  for (const NodeChange& change : known_node_changes()) {
    if (is_covered(change, difference)) return std::string(change.why);
  }
  return std::nullopt;
}

}  // namespace ingot::run
