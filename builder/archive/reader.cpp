// SPDX-License-Identifier: Apache-2.0
#include "archive/reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

/// Feeds one archive with the content of a member of another. Called from C: throws nothing.
la_ssize_t read_outer(::archive* inner, void* client, const void** buffer) noexcept {
  auto* outer = static_cast<::archive*>(client);
  std::size_t size = 0;
  la_int64_t offset = 0;
  switch (archive_read_data_block(outer, buffer, &size, &offset)) {
    case ARCHIVE_OK:
    case ARCHIVE_WARN:
      return static_cast<la_ssize_t>(size);
    case ARCHIVE_EOF:
      return 0;
    default:
      archive_set_error(inner, archive_errno(outer), "%s", archive_error_string(outer));
      return ARCHIVE_FATAL;
  }
}

ReaderHandle new_tar_reader() {
  ReaderHandle reader = new_reader();
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  return reader;
}

}  // namespace

void free_reader(::archive* reader) noexcept { archive_read_free(reader); }

ReaderHandle new_reader() {
  ReaderHandle reader(archive_read_new());
  if (!reader) throw Error(Fault::environment, "not enough memory to read an archive");
  return reader;
}

void check_read(::archive* reader, int result, std::string_view doing) {
  if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
  const char* reason = archive_error_string(reader);
  throw Error(Fault::verification,
              format("cannot {}: {}", doing, reason != nullptr ? reason : "unknown reason"));
}

archive_entry* next_member(::archive* reader) {
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(reader, &entry);
  if (result == ARCHIVE_EOF) return nullptr;
  check_read(reader, result, "read the next member of the archive");
  return entry;
}

std::string content_of_member(::archive* reader, archive_entry* entry, std::size_t limit) {
  const la_int64_t size = archive_entry_size(entry);
  if (size < 0 || static_cast<std::uint64_t>(size) > limit) {
    throw Error(Fault::verification, format("a member is larger than {} bytes", limit));
  }
  std::string content(static_cast<std::size_t>(size), '\0');
  const la_ssize_t count = archive_read_data(reader, content.data(), content.size());
  if (count < 0) check_read(reader, static_cast<int>(count), "read a member of the archive");
  if (static_cast<std::uint64_t>(count) != content.size()) {
    throw Error(Fault::verification, "a member of the archive is cut off");
  }
  return content;
}

ReaderHandle open_tar(const std::filesystem::path& path) {
  ReaderHandle reader = new_tar_reader();
  check_read(reader.get(), archive_read_open_filename(reader.get(), path.c_str(), 256 * 1024),
             "open " + path.string() + " as a tar archive");
  return reader;
}

ReaderHandle open_tar(int fd) {
  ReaderHandle reader = new_tar_reader();
  check_read(reader.get(), archive_read_open_fd(reader.get(), fd, 256 * 1024),
             "open a stream as a tar archive");
  return reader;
}

namespace {

/// `support_format` says what is expected in the member.
ReaderHandle open_inner(::archive* outer, std::string_view member_name,
                        int (*support_format)(::archive*)) {
  ReaderHandle reader = new_reader();
  int result = ARCHIVE_OK;
  if (member_name.ends_with(".xz")) {
    result = archive_read_append_filter(reader.get(), ARCHIVE_FILTER_XZ);
  } else if (member_name.ends_with(".zst")) {
    result = archive_read_append_filter(reader.get(), ARCHIVE_FILTER_ZSTD);
  } else if (member_name.ends_with(".gz")) {
    result = archive_read_append_filter(reader.get(), ARCHIVE_FILTER_GZIP);
  } else if (!member_name.ends_with(".tar")) {
    throw Error(Fault::unsupported,
                format("the member {} is compressed in a way that is not known here", member_name));
  }
  check_read(reader.get(), result, "choose a decompressor");
  support_format(reader.get());
  check_read(reader.get(), archive_read_open(reader.get(), outer, nullptr, read_outer, nullptr),
             format("open the member {}", member_name));
  return reader;
}

}  // namespace

ReaderHandle open_inner_tar(::archive* outer, std::string_view member_name) {
  return open_inner(outer, member_name, archive_read_support_format_tar);
}

ReaderHandle open_inner_stream(::archive* outer, std::string_view member_name) {
  return open_inner(outer, member_name, archive_read_support_format_raw);
}

}  // namespace ingot::archive
