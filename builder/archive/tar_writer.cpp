// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_writer.hpp"

#include <sys/sysmacros.h>

#include <algorithm>

#include "archive/tar_header.hpp"
#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
void TarWriter::write_padded(std::string_view bytes) {
  buffer_.assign(bytes.begin(), bytes.end());
  buffer_.resize(round_up(bytes.size(), tar_block), 0);
  sink_.write(buffer_);
}

void TarWriter::add(const os::TreeEntry& entry, const std::function<os::Fd()>& open) {
  TarHeader header;
  header.type = tar_type_of(entry.kind, entry.path);
  header.path = tar_name_of(entry.kind, entry.path);
  header.mode = entry.mode;
  header.uid = entry.uid;
  header.gid = entry.gid;
  header.mtime = std::min(entry.mtime, options_.latest_mtime);
  header.link_path = entry.target;
  header.device_major = major(entry.device);
  header.device_minor = minor(entry.device);
  if (entry.links > 1 && entry.kind != os::FileKind::folder) {
    const auto [first, fresh] = first_names_.emplace(entry.inode, entry.path);
    if (!fresh) {
      header.type = '1';
      header.link_path = first->second;
      write_padded(encoded(header));
      return;
    }
  }
  header.xattrs = entry.xattrs;
  if (entry.kind == os::FileKind::regular) header.size = entry.size;
  write_padded(encoded(header));
  if (header.size != 0) write_content(entry, open);
}

void TarWriter::write_content(const os::TreeEntry& entry, const std::function<os::Fd()>& open) {
  const os::Fd fd = open();
  constexpr std::size_t piece = 256 * 1024;
  buffer_.resize(piece);
  std::uint64_t written = 0;
  // Read to the end of the file, so that one that has grown is noticed.
  while (const std::size_t count = os::read_some(fd.get(), buffer_, entry.path)) {
    written += count;
    if (written > entry.size) break;
    sink_.write(std::span(buffer_).first(count));
  }
  if (written != entry.size) {
    throw Error(Fault::io, format("{} changed while it was archived: {} bytes were there, {} read",
                                  entry.path, entry.size, written));
  }
  buffer_.assign(static_cast<std::size_t>(round_up(entry.size, tar_block) - entry.size), 0);
  sink_.write(buffer_);
}

void TarWriter::finish() {
  buffer_.assign(2 * tar_block, 0);
  sink_.write(buffer_);
}

void write_tree(const std::filesystem::path& root, os::Sink& sink, TarOptions options,
                const Exclude& exclude) {
  TarWriter writer(sink, options);
  std::string left_out;  // the folder whose inside is being passed over, with a slash
  os::walk_tree(root, [&](const os::TreeEntry& entry, const std::function<os::Fd()>& open) {
    os::check_stop();
    if (!left_out.empty() && entry.path.starts_with(left_out)) return;
    if (exclude && exclude(entry.path)) {
      if (entry.kind == os::FileKind::folder) left_out = entry.path + "/";
      return;
    }
    writer.add(entry, open);
  });
  writer.finish();
}

}  // namespace ingot::archive
