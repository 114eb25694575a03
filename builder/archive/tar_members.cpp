// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_members.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <vector>

#include "archive/extraction.hpp"
#include "archive/reader.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

constexpr std::size_t piece = 256 * 1024;

os::FileKind kind_of(archive_entry* entry, const std::string& path) {
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return os::FileKind::regular;
    case AE_IFDIR:
      return os::FileKind::folder;
    case AE_IFLNK:
      return os::FileKind::link;
    case AE_IFCHR:
      return os::FileKind::character_device;
    case AE_IFBLK:
      return os::FileKind::block_device;
    case AE_IFIFO:
      return os::FileKind::fifo;
    default:
      throw Error(Fault::verification, format("{} is of an unknown kind", escaped_path(path)));
  }
}

std::uint64_t owner(la_int64_t id, const std::string& path) {
  if (id < 0) {
    throw Error(Fault::verification, format("the owner of {} is no number", escaped_path(path)));
  }
  return static_cast<std::uint64_t>(id);
}

void take_xattrs(archive_entry* entry, ListedFile& file) {
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    file.xattrs[name].assign(static_cast<const char*>(value), size);
  }
}

class TarWalk {
public:
  TarWalk(::archive* reader, const MemberVisitor& visit, const TarLimits& limits)
      : reader_(reader), visit_(visit), limits_(limits) {}

  void run() {
    while (archive_entry* entry = next_member(reader_)) {
      os::check_stop();
      if (++members_ > limits_.members) {
        throw Error(Fault::verification, format("more than {} files", limits_.members));
      }
      const ListedFile file = file_of(entry);
      count_names(file);
      const Walk walk = visit_(file, [&](const ContentPiece& take) { give_content(file, take); });
      if (walk == Walk::stop) return;
      // libarchive passes over it in one go, during which nobody could stop us.
      if (file.size > 1ULL << 30) pass_over(file);
    }
  }

private:
  ListedFile file_of(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) throw Error(Fault::verification, "a member has no readable name");
    ListedFile file;
    file.path = member_path(name);
    if (file.path.empty()) file.path = ".";
    if (const char* first = archive_entry_hardlink(entry)) {
      file.hard_link = member_path(first);
      return file;
    }
    file.kind = kind_of(entry, file.path);
    file.mode = archive_entry_perm(entry) & 07777;
    file.uid = owner(archive_entry_uid(entry), file.path);
    file.gid = owner(archive_entry_gid(entry), file.path);
    file.mtime = archive_entry_mtime(entry);
    if (file.kind == os::FileKind::character_device || file.kind == os::FileKind::block_device) {
      file.device_major = archive_entry_rdevmajor(entry);
      file.device_minor = archive_entry_rdevminor(entry);
    }
    if (file.kind == os::FileKind::link) {
      const char* target = archive_entry_symlink(entry);
      file.target = target != nullptr ? target : "";
    }
    take_xattrs(entry, file);
    if (file.kind == os::FileKind::regular) file.size = size_of(entry);
    return file;
  }

  std::uint64_t size_of(archive_entry* entry) {
    const la_int64_t size = archive_entry_size(entry);
    if (size < 0 || static_cast<std::uint64_t>(size) > limits_.bytes - bytes_) {
      throw Error(Fault::verification, format("more than {} bytes of content", limits_.bytes));
    }
    bytes_ += static_cast<std::uint64_t>(size);
    return static_cast<std::uint64_t>(size);
  }

  void count_names(const ListedFile& file) {
    names_ += file.path.size() + file.target.size() + file.hard_link.size();
    for (const auto& [name, value] : file.xattrs) names_ += name.size() + value.size();
    if (names_ > limits_.names) {
      throw Error(Fault::verification,
                  format("more than {} bytes of names and attributes", limits_.names));
    }
  }

  void pass_over(const ListedFile& file) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    for (;;) {
      os::check_stop();
      const int result = archive_read_data_block(reader_, &block, &size, &offset);
      if (result == ARCHIVE_EOF) return;
      check_read(reader_, result, "read " + escaped_path(file.path));
    }
  }

  void give_content(const ListedFile& file, const ContentPiece& take) {
    if (file.kind != os::FileKind::regular || !file.hard_link.empty()) return;
    buffer_.resize(piece);
    std::uint64_t got = 0;
    for (;;) {
      const la_ssize_t count = archive_read_data(reader_, buffer_.data(), buffer_.size());
      if (count < 0)
        check_read(reader_, static_cast<int>(count), "read " + escaped_path(file.path));
      if (count <= 0) break;
      os::check_stop();
      got += static_cast<std::uint64_t>(count);
      take(std::span(buffer_).first(static_cast<std::size_t>(count)));
    }
    if (got != file.size) {
      throw Error(Fault::verification, format("{} is cut off", escaped_path(file.path)));
    }
  }

  ::archive* reader_;
  const MemberVisitor& visit_;
  const TarLimits& limits_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t members_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t names_ = 0;
};

}  // namespace

void walk_tar(int fd, const MemberVisitor& visit, const TarLimits& limits) {
  const ReaderHandle reader = open_tar(fd);
  TarWalk(reader.get(), visit, limits).run();
}

}  // namespace ingot::archive
