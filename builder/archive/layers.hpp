// SPDX-License-Identifier: Apache-2.0
// Lists of overlay layers, and the list of the tree that they are together, without mounting it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "archive/file_list.hpp"
#include "archive/listing.hpp"

namespace ingot::archive {

/// Every file of an overlay's upper (Documentation/filesystems/overlayfs.rst of Linux), with times
/// as they are: whiteouts are character devices 0,0, and an opaque folder has the attribute
/// user.overlay.opaque. Fault::io when a file changes while it is read.
std::vector<ListedFile> list_layer(const std::filesystem::path& upper, const ContentDigest& digest);

/// The same without digests, so that content is not read.
std::vector<ListedFile> list_layer_names(const std::filesystem::path& upper);

struct MergedFile {
  ListedFile file;
  std::size_t layer = 0;  ///< index of the layer that holds its content
};

/// What an overlay of these layers shows (lowest first), in the order of put_in_order(), as
/// list_tree() of the mounted overlay would state it. Fault::verification when a layer holds less
/// than a tree: a file in a folder that is not there.
std::vector<MergedFile> merge_layers(std::span<const std::vector<ListedFile>> layers,
                                     std::int64_t latest_mtime);

}  // namespace ingot::archive
