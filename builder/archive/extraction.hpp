// SPDX-License-Identifier: Apache-2.0
// From members of an open archive to entries in a folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/destination.hpp"
#include "archive/extract.hpp"
#include "archive/reader.hpp"

namespace ingot::archive {

/// The path that a member's name means, "" for the root itself. Fault::verification for absolute
/// names, "..", and what no file system can hold.
std::string member_path(std::string_view name);

/// What the member at hand says of itself but nanoseconds; nothing when its owner is no number that
/// a system knows.
std::optional<Attributes> stored_attributes(archive_entry* entry);

/// Writes the content of the member at hand, of `size` bytes, to an empty file; holes stay holes.
/// Fault::verification when it has more.
void write_member_content(::archive* reader, int fd, std::uint64_t size, const std::string& path);

/// What extract_tar() does, with the members of `reader`.
std::vector<std::string> extract_members(::archive* reader,
                                         const std::filesystem::path& destination,
                                         const ExtractOptions& options);

}  // namespace ingot::archive
