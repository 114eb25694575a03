// SPDX-License-Identifier: Apache-2.0
// A whole-disk raw image: every part is written once, straight into its place, without loop
// devices.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "disk/fat.hpp"
#include "disk/layout.hpp"

namespace ingot::disk {

struct DiskRequest {
  DiskSpec spec;
  std::vector<EspFile> esp_files;
  std::filesystem::path tree;  ///< becomes the root; no time in the image is later than `epoch`
  std::int64_t epoch = 0;
  std::filesystem::path output;
};

struct DiskResult {
  Layout layout;
  Bytes allocated;  ///< what the sparse file takes on the host
};

/// Writes the image; `output` exists only when it is complete.
/// Fault::input when something does not fit (needed and given sizes are in the message),
/// Fault::io when the host runs out of space.
DiskResult write_disk(const DiskRequest& request);

}  // namespace ingot::disk
