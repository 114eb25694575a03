// SPDX-License-Identifier: Apache-2.0
#include "archive/exact_tar.hpp"

#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/filled_ranges.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

constexpr std::size_t piece = 256 * 1024;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
}

std::string below(std::string_view name, std::string_view path) {
  return path == "." ? std::string(name) : format("{}/{}", name, path);
}

TarHeader header_of(const os::TreeEntry& entry, std::string_view name) {
  TarHeader header;
  header.path = tar_name_of(entry.kind, below(name, entry.path));
  header.type = tar_type_of(entry.kind, entry.path);
  header.mode = entry.mode;
  header.uid = entry.uid;
  header.gid = entry.gid;
  header.mtime = entry.mtime;
  header.link_path = entry.target;
  header.device_major = major(entry.device);
  header.device_minor = minor(entry.device);
  header.xattrs = entry.xattrs;
  if (entry.opaque) header.xattrs["user.overlay.opaque"] = "y";
  // Nothing that we make is older than 1970; what is keeps its seconds.
  if (entry.nanoseconds != 0 && entry.mtime >= 0)
    header.records["mtime"] = format("{}.{:09}", entry.mtime, entry.nanoseconds);
  // POSIX.1-2017, pax, "hdrcharset": names are bytes, and need not be UTF-8.
  if (!is_plain(header.path) || !is_plain(header.link_path))
    header.records["hdrcharset"] = "BINARY";
  return header;
}

/// GNU tar's sparse format 1.0: the map stands in front of the content.
std::string sparse_map(const std::vector<os::FilledRange>& ranges, std::uint64_t size) {
  std::string map = format("{}\n", ranges.size() + 1);
  for (const os::FilledRange& range : ranges) map += format("{}\n{}\n", range.offset, range.size);
  map += format("{}\n0\n", size);
  map.resize(round_up(map.size(), tar_block), '\0');
  return map;
}

}  // namespace

void ExactTarWriter::write(std::string_view bytes) {
  sink_.write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void ExactTarWriter::pad(std::uint64_t size) {
  write(std::string(static_cast<std::size_t>(round_up(size, tar_block) - size), '\0'));
}

void ExactTarWriter::add_text(std::string_view name, std::string_view text) {
  TarHeader header;
  header.path = name;
  header.mode = 0644;
  header.size = text.size();
  write(encoded(header));
  write(text);
  pad(text.size());
}

void ExactTarWriter::add_tree(const std::filesystem::path& root, std::string_view name) {
  std::map<std::uint64_t, std::string> first_names;  // by inode, of files with several links
  os::walk_tree(root, [&](const os::TreeEntry& entry, const std::function<os::Fd()>& open) {
    os::check_stop();
    TarHeader header = header_of(entry, name);
    if (entry.links > 1 && entry.kind != os::FileKind::folder) {
      const auto [first, fresh] = first_names.emplace(entry.inode, header.path);
      if (!fresh) {
        TarHeader further;
        further.path = header.path;
        further.type = '1';
        further.link_path = first->second;
        if (!is_plain(further.path) || !is_plain(further.link_path))
          further.records["hdrcharset"] = "BINARY";
        return write(encoded(further));
      }
    }
    if (entry.kind != os::FileKind::regular || entry.size == 0) return write(encoded(header));
    write_content(entry, std::move(header), open());
  });
}

void ExactTarWriter::write_content(const os::TreeEntry& entry, TarHeader header, const os::Fd& fd) {
  std::vector<os::FilledRange> ranges = os::filled_ranges(fd.get(), entry.path);
  std::uint64_t content = 0;
  for (const os::FilledRange& range : ranges) content += range.size;
  // The format's own name record has no way to be bytes.
  const bool sparse = content < entry.size && is_plain(header.path);
  std::string map;
  if (sparse) {
    map = sparse_map(ranges, entry.size);
    header.records["GNU.sparse.major"] = "1";
    header.records["GNU.sparse.minor"] = "0";
    header.records["GNU.sparse.name"] = header.path;
    header.records["GNU.sparse.realsize"] = std::to_string(entry.size);
    header.size = map.size() + content;
  } else {
    ranges = {{0, entry.size}};
    header.size = entry.size;
  }
  write(encoded(header));
  write(map);
  for (const os::FilledRange& range : ranges)
    write_range(entry, fd.get(), range.offset, range.size);
  pad(header.size);
}

void ExactTarWriter::write_range(const os::TreeEntry& entry, int fd, std::uint64_t offset,
                                 std::uint64_t size) {
  std::vector<std::uint8_t> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, piece)));
  while (size != 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
    const ssize_t got = ::pread(fd, buffer.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("cannot read " + entry.path);
    if (got == 0)
      throw Error(Fault::io, format("{} has become shorter while it was packed", entry.path));
    sink_.write(std::span(buffer).first(static_cast<std::size_t>(got)));
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
    os::check_stop();
  }
}

void ExactTarWriter::finish() { write(std::string(2 * tar_block, '\0')); }

}  // namespace ingot::archive
