// SPDX-License-Identifier: Apache-2.0
// Unpacking archives of foreign origin so that nothing lands outside the destination.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::archive {

struct ExtractLimits {
  std::uint64_t entries = 1'000'000;
  std::uint64_t bytes = 64ULL << 30;  ///< sum of the sizes of all files
};

struct ExtractOptions {
  /// True for a path (no leading "./" or "/") to unpack; everything when empty.
  std::function<bool(std::string_view path)> keep = {};
  /// Whether the result names what was unpacked.
  enum class Listing { no, yes } listing = Listing::no;
  ExtractLimits limits = {};
};

/// Unpacks a tar (plain, gzip, xz or zstd, told by its first bytes) into `destination`, an existing
/// folder. Returns the paths as the archive names them, if asked.
///
/// Paths resolve as in a chroot at the destination: an entry ./lib/x lands in usr/lib/x where lib
/// is a link to usr/lib, and an absolute link never leads to the host. Folders that exist (or links
/// to one) stay as they are; other things that are in the way are replaced. Mode, modification
/// time, extended attributes and hard links are kept; when running as root also owners and the
/// attributes that only root may set. Nothing is synced.
/// Fault::verification for "..", absolute names, device files, attributes that steer overlay
/// mounts, what exceeds the limits, and broken archives; the destination then holds whatever was
/// unpacked before.
std::vector<std::string> extract_tar(const std::filesystem::path& path,
                                     const std::filesystem::path& destination,
                                     const ExtractOptions& options = {});

}  // namespace ingot::archive
