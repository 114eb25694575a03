// SPDX-License-Identifier: Apache-2.0
#include "archive/decompress.hpp"

#include <archive.h>
#include <archive_entry.h>

#include "archive/reader.hpp"
#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {

std::string decompressed(std::string_view bytes, std::uint64_t limit, std::string_view name) {
  const ReaderHandle reader = new_reader();
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_lz4(reader.get());
  archive_read_support_format_raw(reader.get());
  const std::string doing = format("decompress {}", name);
  check_read(reader.get(), archive_read_open_memory(reader.get(), bytes.data(), bytes.size()),
             doing);
  if (next_member(reader.get()) == nullptr || archive_filter_count(reader.get()) < 2) {
    throw Error(Fault::verification, format("{} is not compressed in a way known here", name));
  }
  std::string plain;
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(reader.get(), &block, &size, &offset);
    if (result == ARCHIVE_EOF) return plain;
    check_read(reader.get(), result, doing);
    if (size > limit - plain.size()) {
      throw Error(Fault::verification, format("{} holds more than {} bytes", name, limit));
    }
    plain.append(static_cast<const char*>(block), size);
  }
}

}  // namespace ingot::archive
