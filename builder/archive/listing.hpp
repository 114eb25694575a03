// SPDX-License-Identifier: Apache-2.0
// From a tree or a tar archive to the list of its files, with the content passing by once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "archive/extract.hpp"
#include "archive/file_list.hpp"

namespace ingot::archive {

/// Computes the digest of one file after another; this room has none of its own.
struct ContentDigest {
  std::function<void(std::span<const std::uint8_t> bytes)> update;
  std::function<Sha256()> finish;
};

/// Every file below `root`, as a tar archive with `latest_mtime` would state it. Fault::io when a
/// file changes while it is read.
std::vector<ListedFile> list_tree(const std::filesystem::path& root, std::int64_t latest_mtime,
                                  const ContentDigest& digest);

/// The same without digests, so that no content is read.
std::vector<ListedFile> list_tree_names(const std::filesystem::path& root,
                                        std::int64_t latest_mtime);

/// Every member of the plain or compressed tar that `fd` gives from here to its end (it may be a
/// pipe). Fault::verification for what extract_tar() refuses but device files and attributes, and
/// for a path that is there twice.
std::vector<ListedFile> list_tar(int fd, const ContentDigest& digest,
                                 const ExtractLimits& limits = {});

/// The same without digests, so that content is passed over.
std::vector<ListedFile> list_tar_names(int fd, const ExtractLimits& limits = {});

}  // namespace ingot::archive
