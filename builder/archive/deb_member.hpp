// SPDX-License-Identifier: Apache-2.0
// The members of a Debian package, an ar archive: deb(5).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "archive/reader.hpp"

namespace ingot::archive {

/// A package opened behind its first member, whose content said that it is one of format 2.x;
/// else Fault::verification.
ReaderHandle open_deb(const std::filesystem::path& path);

/// Goes to the next member called `wanted`, with the ending of any compression, and gives its name.
/// Fault::verification when there is none.
std::string next_deb_member(::archive* package, std::string_view wanted);

/// The name of a member, "" when it has none that can be read.
std::string member_name(archive_entry* entry);

}  // namespace ingot::archive
