// SPDX-License-Identifier: Apache-2.0
#include "node.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "broken.hpp"
#include "checks/checks.hpp"
#include "file.hpp"
#include "pci.hpp"

namespace ingot::selftest {

namespace {

void read_manifest(Node& node) {
  try {
    node.image = parse_image(require_text(node.manifest));
    node.profile = node.image->profile;
  } catch (const Broken& error) {
    node.image_fault = error.what();
  }
}

// The command line's profile comes before the machine's own, and that before the image's.
void read_profile(const Options& options, Node& node) {
  const auto own = options.roots.at("/etc/ingot/profile.json");
  try {
    if (options.profile) {
      node.profile = parse_profile(require_text(*options.profile));
    } else if (const auto text = read_text(own)) {
      node.profile = parse_profile(*text);
    }
  } catch (const Broken& error) {
    if (options.profile) throw Usage(options.profile->string() + ": " + error.what());
    node.profile_fault = own.string() + ": " + error.what();
  }
}

std::optional<DeviceNode> device_at(const Roots& roots, std::string_view absolute) {
  struct stat status {};
  if (::stat(roots.at(absolute).c_str(), &status) != 0 || !S_ISCHR(status.st_mode)) {
    return std::nullopt;
  }
  return DeviceNode{.major = major(status.st_rdev),
                    .minor = minor(status.st_rdev),
                    .mode = status.st_mode & 07777U};
}

}  // namespace

Node look_at(const Options& options) {
  Node node;
  node.roots = options.roots;
  node.nvml = options.nvml;
  node.building = options.building;
  node.manifest = options.manifest.value_or(options.roots.at(manifest_path));
  read_manifest(node);
  read_profile(options, node);
  if (node.building) {
    node.kernel = node.image ? node.image->kernel_release : "";
  } else {
    const auto release = first_line(node.roots.at("/proc/sys/kernel/osrelease"));
    node.kernel = trimmed(release.value_or("unknown"));
    node.gpus = nvidia_gpus(node.roots);
  }
  node.device_at = [roots = node.roots](std::string_view path) { return device_at(roots, path); };
  return node;
}

}  // namespace ingot::selftest
