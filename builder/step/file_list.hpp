// SPDX-License-Identifier: Apache-2.0
// The release's list of all files of the tree.
#pragma once

#include "step/formats.hpp"

namespace ingot::step {

/// All files of the request's tree in order, no time later than the epoch; reads every file once.
std::vector<archive::ListedFile> list_files(const Workplace& workplace,
                                            const FormatRequest& request);

/// <stem>.mtree: every path with all that archives and disks of the release keep of it.
MadeFile write_file_list(const FormatRequest& request);

}  // namespace ingot::step
