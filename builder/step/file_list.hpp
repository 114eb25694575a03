// SPDX-License-Identifier: Apache-2.0
// The release's list of all files of the tree.
#pragma once

#include "step/formats.hpp"

namespace ingot::step {

/// <stem>.mtree: every path with all that archives and disks of the release keep of it.
MadeFile write_file_list(const Workplace& workplace, const FormatRequest& request);

}  // namespace ingot::step
