// SPDX-License-Identifier: Apache-2.0
// The files of one file system of an open disk, as a list with digests.
#pragma once

#include <vector>

#include "archive/file_list.hpp"
#include "guest/guest.hpp"

namespace ingot::run {

std::vector<archive::ListedFile> guest_files(guest::Guest& guest, int partition);

}  // namespace ingot::run
