// SPDX-License-Identifier: Apache-2.0
// Root images of trees, and what foreign readers find in them: unsquashfs, and the kernel where it
// may mount.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include "archive/listing.hpp"
#include "crypto/hasher.hpp"
#include "disk/root_image.hpp"
#include "os/file.hpp"
#include "support/host_tool.hpp"

namespace ingot::test {

constexpr std::int64_t image_epoch = 1'700'000'000;

/// Everything about a tree: kinds, modes, owners, times up to the epoch, links, devices, attributes
/// and contents.
inline std::vector<archive::ListedFile> list_of(const std::filesystem::path& tree) {
  crypto::Hasher hasher;
  return archive::list_tree(tree, image_epoch,
                            {[&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
                             [&] { return hasher.finish(); }});
}

inline disk::RootImage image_of(const std::vector<archive::ListedFile>& files,
                                const archive::OpenContent& open,
                                const std::filesystem::path& output, unsigned workers = 0,
                                const archive::Recall& recall = {}) {
  return disk::make_root_image({.files = files,
                                .open = open,
                                .recall = recall,
                                .output = output,
                                .squashfs = {.epoch = image_epoch, .workers = workers}});
}

/// An image that the kernel shows below a folder, as long as this lives.
class MountedImage {
public:
  MountedImage(const std::filesystem::path& image, std::filesystem::path place)
      : place_(std::move(place)) {
    if (::geteuid() != 0) {
      std::printf("not mounted: only root may\n");
      return;
    }
    std::filesystem::create_directory(place_);
    const os::Outcome outcome =
        run_host("mount", {"-t", "squashfs", "-o", "loop,ro", image.string(), place_.string()});
    mounted_ = outcome.ok();
    if (!mounted_ && !has_loop_devices()) std::printf("not mounted: no loop devices\n");
    failed_ = !mounted_ && has_loop_devices();
  }
  MountedImage(const MountedImage&) = delete;
  MountedImage& operator=(const MountedImage&) = delete;
  ~MountedImage() {
    if (mounted_) (void)run_host("umount", {place_.string()});
  }

  bool mounted() const { return mounted_; }
  /// It should have been possible.
  bool failed() const { return failed_; }
  const std::filesystem::path& place() const { return place_; }

private:
  static bool has_loop_devices() { return ::access("/dev/loop-control", R_OK | W_OK) == 0; }

  std::filesystem::path place_;
  bool mounted_ = false;
  bool failed_ = false;
};

}  // namespace ingot::test
