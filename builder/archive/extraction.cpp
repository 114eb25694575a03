// SPDX-License-Identifier: Apache-2.0
#include "archive/extraction.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <unistd.h>

#include <cerrno>

#include "archive/destination.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/place.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

constexpr std::size_t longest_path = 4095;
constexpr std::size_t longest_name = 255;

[[noreturn]] void refuse(std::string_view path, std::string_view reason) {
  throw Error(Fault::verification, format("the member '{}' is refused: {}", path, reason));
}

Attributes attributes_of(archive_entry* entry, const std::string& path) {
  std::optional<Attributes> attributes = stored_attributes(entry);
  if (!attributes) refuse(path, "its owner is no user or group number");
  for (const auto& [key, value] : attributes->xattrs)
    if (key.starts_with("user.overlay.") || key.starts_with("trusted.overlay."))
      refuse(path, format("its attribute {} would steer overlay mounts", key));
  return std::move(*attributes);
}

class Extraction {
public:
  Extraction(::archive* reader, const std::filesystem::path& destination,
             const ExtractOptions& options)
      : reader_(reader), destination_(destination), options_(options) {}

  std::vector<std::string> run() {
    while (archive_entry* entry = next_member(reader_)) {
      os::check_stop();
      if (++entries_ > options_.limits.entries) {
        throw Error(Fault::verification,
                    format("the archive has more than {} members", options_.limits.entries));
      }
      const char* name = archive_entry_pathname(entry);
      if (name == nullptr) throw Error(Fault::verification, "a member has no readable name");
      const std::string path = member_path(name);
      if (path.empty() || (options_.keep && !options_.keep(path))) continue;
      add(entry, path);
      if (options_.listing == ExtractOptions::Listing::yes) listing_.push_back(path);
    }
    destination_.finish();
    return std::move(listing_);
  }

private:
  void add(archive_entry* entry, const std::string& path) {
    if (const char* existing = archive_entry_hardlink(entry)) {
      destination_.add_hard_link(path, member_path(existing));
      return;
    }
    const Attributes attributes = attributes_of(entry, path);
    switch (archive_entry_filetype(entry)) {
      case AE_IFREG:
        add_file(entry, path, attributes);
        return;
      case AE_IFDIR:
        destination_.add_folder(path, attributes);
        return;
      case AE_IFLNK:
        add_link(entry, path, attributes);
        return;
      case AE_IFIFO:
        destination_.add_fifo(path, attributes);
        return;
      case AE_IFCHR:
      case AE_IFBLK:
        refuse(path, "it is a device file");
      default:
        refuse(path, "it is of an unknown kind");
    }
  }

  void add_file(archive_entry* entry, const std::string& path, const Attributes& attributes) {
    const la_int64_t size = archive_entry_size(entry);
    const std::uint64_t bytes = size < 0 ? 0 : static_cast<std::uint64_t>(size);
    if (bytes > options_.limits.bytes - bytes_) {
      refuse(path, format("the files are larger than {} bytes together", options_.limits.bytes));
    }
    bytes_ += bytes;
    const os::Fd file = destination_.add_file(path);
    write_member_content(reader_, file.get(), bytes, path);
    destination_.finish_file(file, path, attributes);
  }

  void add_link(archive_entry* entry, const std::string& path, const Attributes& attributes) {
    const char* target = archive_entry_symlink(entry);
    if (target == nullptr || *target == '\0' || std::string_view(target).size() > longest_path) {
      refuse(path, "it is a link without a possible target");
    }
    destination_.add_link(path, target, attributes);
  }

  ::archive* reader_;
  Destination destination_;
  const ExtractOptions& options_;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::vector<std::string> listing_;
};

}  // namespace

std::optional<Attributes> stored_attributes(archive_entry* entry) {
  Attributes attributes;
  attributes.mode = archive_entry_perm(entry) & 07777;
  const la_int64_t uid = archive_entry_uid(entry);
  const la_int64_t gid = archive_entry_gid(entry);
  if (uid < 0 || gid < 0 || uid >= 0xffffffffLL || gid >= 0xffffffffLL) return std::nullopt;
  attributes.uid = static_cast<uid_t>(uid);
  attributes.gid = static_cast<gid_t>(gid);
  attributes.mtime = archive_entry_mtime(entry);
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
    attributes.xattrs[name].assign(static_cast<const char*>(value), size);
  return attributes;
}

void write_member_content(::archive* reader, int fd, std::uint64_t size, const std::string& path) {
  const void* buffer = nullptr;
  std::size_t count = 0;
  la_int64_t offset = 0;
  std::uint64_t end = 0;
  for (;;) {
    const int result = archive_read_data_block(reader, &buffer, &count, &offset);
    if (result == ARCHIVE_EOF) break;
    check_read(reader, result, format("read '{}'", path));
    const std::uint64_t start = static_cast<std::uint64_t>(offset);
    if (offset < 0 || start > size || count > size - start) {
      refuse(path, "it has more content than its header says");
    }
    os::write_at(fd, path, start, {static_cast<const std::uint8_t*>(buffer), count});
    end = start + count;
  }
  if (end != size && ::ftruncate(fd, static_cast<off_t>(size)) != 0) {
    throw_errno(format("writing '{}'", path));
  }
}

std::string member_path(std::string_view name) {
  if (name.size() > longest_path) refuse(name.substr(0, 80), "its name is too long");
  if (name.starts_with('/')) refuse(name, "its name is absolute");
  std::string path;
  for (const std::string& part : split(name, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") refuse(name, "its name leads upwards");
    if (part.size() > longest_name) refuse(name.substr(0, 80), "its name is too long");
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

std::vector<std::string> extract_members(::archive* reader,
                                         const std::filesystem::path& destination,
                                         const ExtractOptions& options) {
  return Extraction(reader, destination, options).run();
}

std::vector<std::string> extract_tar(const std::filesystem::path& path,
                                     const std::filesystem::path& destination,
                                     const ExtractOptions& options) {
  return during("unpacking " + path.string(), [&] {
    const ReaderHandle reader = open_tar(path);
    return extract_members(reader.get(), destination, options);
  });
}

}  // namespace ingot::archive
