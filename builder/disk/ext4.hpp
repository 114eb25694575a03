// SPDX-License-Identifier: Apache-2.0
// Making an ext4 file system of a tree, straight into its place in a disk image, in one pass.
// Every byte follows from the list of files, their content and the spec.
#pragma once

#include <filesystem>
#include <vector>

#include "archive/file_list.hpp"
#include "disk/block_stream.hpp"
#include "disk/ext4_content.hpp"
#include "disk/ext4_plan.hpp"

namespace ingot::disk {

/// `files` in the order of put_in_order(), digests are not needed. `sink` sees ascending offsets
/// of the image, from one thread. Fault::input when the files do not fit or ext4 has no place for
/// one of them, before the first byte; Fault::io when content is not as long as the list says.
void write_ext4(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files,
                const OpenContent& open, BlockSink& sink);

/// The same into the open file `image`, which holds zeros where the file system goes.
void make_ext4(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files,
               const OpenContent& open, int image, const std::filesystem::path& image_name);

}  // namespace ingot::disk
