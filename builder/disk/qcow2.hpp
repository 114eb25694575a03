// SPDX-License-Identifier: Apache-2.0
// Whole disks as qcow2, for clouds and hypervisors: QEMU's docs/interop/qcow2.txt, version 3,
// clusters of 64 KiB compressed with zstd.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/bytes.hpp"

namespace ingot::disk {

struct Qcow2Options {
  int level = 6;         ///< of zstd
  unsigned workers = 0;  ///< threads that compress; 0: one per core
};

/// Writes what the raw image `raw` holds to `output`, which exists only when it is complete. The
/// bytes follow from content and level alone: neither from the holes of `raw` nor from `workers`.
/// Readers need QEMU 5.1 or later. Fault::input when the size is no multiple of 512 bytes.
void write_qcow2(const std::filesystem::path& raw, const std::filesystem::path& output,
                 const Qcow2Options& options = {});

}  // namespace ingot::disk
