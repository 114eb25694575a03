// SPDX-License-Identifier: Apache-2.0
// What is kept of one boot: verdict.json, and the line that people read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "boot/accelerator.hpp"
#include "boot/console.hpp"
#include "crypto/hasher.hpp"
#include "run/boot_verdict.hpp"

namespace ingot::run {

enum class BootFormat { netboot, disk };

std::string_view name_of(BootFormat format) noexcept;

/// A file whose bytes were booted.
struct BootedFile {
  std::string name;
  std::string role;
  crypto::FileDigest measured;
};

struct BootRecord {
  BootFormat format = BootFormat::netboot;
  BootVerdict judged;
  boot::Accelerator accelerator;
  std::string qemu;      ///< version
  std::string firmware;  ///< path
  unsigned cpus = 0;
  std::uint64_t memory_mib = 0;
  std::string kernel_line_extra;
  std::int64_t started = 0;  ///< seconds since 1970
  std::chrono::milliseconds took{0};
  /// When each phase was first seen, from the start.
  std::vector<std::pair<boot::BootPhase, std::chrono::milliseconds>> phases;
  std::vector<BootedFile> files;
};

/// "ingot/boot-test/v1", with a newline at its end.
std::string verdict_json(const BootRecord& record);

/// "netboot: passed in 84 s (tcg), 31 checks passed, 9 skipped: pci.count, ..."
std::string summary_line(const BootRecord& record);

}  // namespace ingot::run
