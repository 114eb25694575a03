// SPDX-License-Identifier: Apache-2.0
// The release's list of all files in the image, for whoever checks a disk or a node later.
#pragma once

#include <filesystem>
#include <vector>

#include "archive/file_list.hpp"
#include "step/formats.hpp"

namespace ingot::step {

/// Writes `<image>-<version>.mtree` into `folder`, in the format of mtree(5).
MadeFile write_file_list(const spec::ResolvedImage& image,
                         const std::vector<archive::ListedFile>& files,
                         const std::filesystem::path& folder);

}  // namespace ingot::step
