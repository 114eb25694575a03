// SPDX-License-Identifier: Apache-2.0
#include "archive/listing.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <map>

#include "archive/extraction.hpp"
#include "archive/reader.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

constexpr std::size_t piece = 256 * 1024;

ListedFile listed(const os::TreeEntry& entry, std::int64_t latest_mtime) {
  ListedFile file;
  file.path = entry.path;
  file.kind = entry.kind;
  file.mode = entry.mode;
  file.uid = entry.uid;
  file.gid = entry.gid;
  file.size = entry.size;
  file.mtime = std::min(entry.mtime, latest_mtime);
  file.target = entry.target;
  file.device_major = major(entry.device);
  file.device_minor = minor(entry.device);
  file.xattrs = entry.xattrs;
  return file;
}

Sha256 digest_of_content(const os::TreeEntry& entry, const os::Fd& fd,
                         const ContentDigest& digest) {
  std::vector<std::uint8_t> buffer(piece);
  std::uint64_t size = 0;
  while (const std::size_t count = os::read_some(fd.get(), buffer, entry.path)) {
    size += count;
    digest.update(std::span(buffer).first(count));
  }
  if (size != entry.size) {
    throw Error(Fault::io, format("{} changed while it was listed: {} bytes were there, {} read",
                                  escaped_path(entry.path), entry.size, size));
  }
  return digest.finish();
}

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

class TarListing {
public:
  TarListing(::archive* reader, const ContentDigest& digest, const ExtractLimits& limits)
      : reader_(reader), digest_(digest), limits_(limits) {}

  std::vector<ListedFile> run() {
    while (archive_entry* entry = next_member(reader_)) {
      os::check_stop();
      if (files_.size() == limits_.entries) {
        throw Error(Fault::verification, format("more than {} files", limits_.entries));
      }
      const char* name = archive_entry_pathname(entry);
      if (name == nullptr) throw Error(Fault::verification, "a member has no readable name");
      std::string path = member_path(name);
      if (path.empty()) path = ".";
      if (const char* first = archive_entry_hardlink(entry)) {
        add_further_name(path, member_path(first));
      } else {
        add(entry, path);
      }
    }
    put_in_order(files_);
    return std::move(files_);
  }

private:
  void add_further_name(const std::string& path, const std::string& first) {
    const auto found = places_.find(first);
    if (found == places_.end()) {
      throw Error(Fault::verification, format("{} is a further name of {}, which did not come",
                                              escaped_path(path), escaped_path(first)));
    }
    ListedFile file = files_[found->second];
    file.path = path;
    file.hard_link = first;
    keep(std::move(file));
  }

  void add(archive_entry* entry, const std::string& path) {
    ListedFile file;
    file.path = path;
    file.kind = kind_of(entry, path);
    file.mode = archive_entry_perm(entry) & 07777;
    file.uid = owner(archive_entry_uid(entry), path);
    file.gid = owner(archive_entry_gid(entry), path);
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
    if (file.kind == os::FileKind::regular) take_content(entry, file);
    keep(std::move(file));
  }

  static void take_xattrs(archive_entry* entry, ListedFile& file) {
    archive_entry_xattr_reset(entry);
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
      file.xattrs[name].assign(static_cast<const char*>(value), size);
    }
  }

  void take_content(archive_entry* entry, ListedFile& file) {
    const la_int64_t size = archive_entry_size(entry);
    if (size < 0 || static_cast<std::uint64_t>(size) > limits_.bytes - bytes_) {
      throw Error(Fault::verification, format("more than {} bytes of content", limits_.bytes));
    }
    file.size = static_cast<std::uint64_t>(size);
    bytes_ += file.size;
    std::vector<std::uint8_t>& buffer = buffer_;
    buffer.resize(piece);
    std::uint64_t got = 0;
    for (;;) {
      const la_ssize_t count = archive_read_data(reader_, buffer.data(), buffer.size());
      if (count < 0)
        check_read(reader_, static_cast<int>(count), "read " + escaped_path(file.path));
      if (count <= 0) break;
      got += static_cast<std::uint64_t>(count);
      digest_.update(std::span(buffer).first(static_cast<std::size_t>(count)));
    }
    if (got != file.size) {
      throw Error(Fault::verification, format("{} is cut off", escaped_path(file.path)));
    }
    file.digest = digest_.finish();
  }

  void keep(ListedFile file) {
    places_[file.path] = files_.size();
    files_.push_back(std::move(file));
  }

  ::archive* reader_;
  const ContentDigest& digest_;
  const ExtractLimits& limits_;
  std::vector<ListedFile> files_;
  std::map<std::string, std::size_t> places_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::vector<ListedFile> list_tree(const std::filesystem::path& root, std::int64_t latest_mtime,
                                  const ContentDigest& digest) {
  std::vector<ListedFile> files;
  std::map<std::uint64_t, std::size_t> first_names;
  os::walk_tree(root, [&](const os::TreeEntry& entry, const std::function<os::Fd()>& open) {
    os::check_stop();
    ListedFile file = listed(entry, latest_mtime);
    const bool several = entry.links > 1 && entry.kind != os::FileKind::folder;
    const auto [first, fresh] = several ? first_names.try_emplace(entry.inode, files.size())
                                        : std::pair(first_names.end(), true);
    if (!fresh) {
      file.hard_link = files[first->second].path;
      file.digest = files[first->second].digest;
    } else if (entry.kind == os::FileKind::regular) {
      file.digest = digest_of_content(entry, open(), digest);
    }
    files.push_back(std::move(file));
  });
  put_in_order(files);
  return files;
}

std::vector<ListedFile> list_tar(int fd, const ContentDigest& digest, const ExtractLimits& limits) {
  const ReaderHandle reader = open_tar(fd);
  return TarListing(reader.get(), digest, limits).run();
}

}  // namespace ingot::archive
