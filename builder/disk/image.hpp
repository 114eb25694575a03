// SPDX-License-Identifier: Apache-2.0
// A whole-disk raw image: every part is written once, straight into its place, without loop
// devices.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "archive/content.hpp"
#include "archive/file_list.hpp"
#include "crypto/hasher.hpp"
#include "disk/fat.hpp"
#include "disk/layout.hpp"

namespace ingot::disk {

struct TreeContent {
  std::vector<archive::ListedFile> files;  ///< in order (put_in_order); digests are not needed
  archive::OpenContent open;
};

/// Of a folder of the host, with no time later than `epoch`; folders on which something is mounted
/// are empty.
TreeContent folder_content(const std::filesystem::path& folder, std::int64_t epoch);

struct DiskRequest {
  DiskSpec spec;
  std::vector<EspFile> esp_files;
  TreeContent root;
  std::int64_t epoch = 0;
  std::filesystem::path output;
};

struct DiskResult {
  Layout layout;
  Bytes allocated;            ///< what the sparse file takes on the host
  crypto::FileDigest digest;  ///< of the whole image
};

/// Writes the image; `output` exists only when it is complete.
/// Fault::input when something does not fit (needed and given sizes are in the message),
/// Fault::io when the host runs out of space.
DiskResult write_disk(const DiskRequest& request);

}  // namespace ingot::disk
