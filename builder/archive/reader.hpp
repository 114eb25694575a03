// SPDX-License-Identifier: Apache-2.0
// libarchive's reading side: handles, and its errors as ours.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/handle.hpp"

struct archive;
struct archive_entry;

namespace ingot::archive {

void free_reader(::archive* reader) noexcept;
using ReaderHandle = CHandle<::archive, free_reader>;

ReaderHandle new_reader();

/// Throws unless libarchive's `result` is success or a mere warning: Fault::verification, since
/// what cannot be read is a broken archive.
void check_read(::archive* reader, int result, std::string_view doing);

/// The next member, null at the end.
archive_entry* next_member(::archive* reader);

/// The member's whole content; Fault::verification above `limit` bytes.
std::string content_of_member(::archive* reader, archive_entry* entry, std::size_t limit);

/// A tar file, plain or compressed by gzip, xz or zstd, ready for next_member().
ReaderHandle open_tar(const std::filesystem::path& path);
/// The same from a descriptor, which may be a pipe and must outlive the result.
ReaderHandle open_tar(int fd);

/// What the current member of `outer` holds, decompressed as its name says, as the one member of
/// an archive. `outer` must outlive the result.
ReaderHandle open_inner_stream(::archive* outer, std::string_view member_name);

/// The tar archive that the current member of `outer` holds; the member's name says how it is
/// compressed (Fault::unsupported for other ways). `outer` must outlive the result.
ReaderHandle open_inner_tar(::archive* outer, std::string_view member_name);

}  // namespace ingot::archive
