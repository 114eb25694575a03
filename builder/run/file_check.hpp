// SPDX-License-Identifier: Apache-2.0
// Hashing the files of a release folder on all cores, and saying what is wrong with each.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "os/fd.hpp"
#include "run/release.hpp"

namespace ingot::run {

/// Opens a file of the folder that must be a regular file under its own name: no link, pipe or
/// device. Fault::verification says what it is instead.
os::Fd open_plain_file(const std::filesystem::path& path);

/// Fills in `measured` where it is missing. Fault::io for the first file that cannot be read.
void measure_files(const std::filesystem::path& folder, std::vector<ReleaseFile>& files);

/// One line for each file that is missing, no regular file, or of another size or digest than
/// `measured` says; in the order of `files`.
std::vector<std::string> wrong_files(const std::filesystem::path& folder,
                                     const std::vector<ReleaseFile>& files);

}  // namespace ingot::run
