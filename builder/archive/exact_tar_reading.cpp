// SPDX-License-Identifier: Apache-2.0
#include <archive.h>
#include <archive_entry.h>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "archive/destination.hpp"
#include "archive/exact_tar.hpp"
#include "archive/extraction.hpp"
#include "archive/file_list.hpp"
#include "archive/reader.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/signals.hpp"

namespace ingot::archive {
namespace {

class Unpacking {
public:
  Unpacking(::archive* reader, const std::filesystem::path& folder, const ExactTarLimits& limits)
      : reader_(reader), destination_(folder, Fidelity::exact), limits_(limits) {}

  void run() {
    while (archive_entry* entry = next_member(reader_)) {
      os::check_stop();
      if (++members_ > limits_.members)
        refuse(format("it has more than {} files", limits_.members));
      const char* name = archive_entry_pathname(entry);
      if (name == nullptr) refuse("a file in it has no readable name");
      const std::string path = member_path(name);
      if (path.empty()) refuse("a file in it has no name");
      count(names_, path.size(), limits_.names);
      add(entry, path);
    }
    if (members_ == 0) refuse("it is empty");
    destination_.finish();
  }

private:
  [[noreturn]] static void refuse(const std::string& reason) {
    throw Error(Fault::verification, "the packed tree is refused: " + reason);
  }

  static void count(std::uint64_t& sum, std::uint64_t more, std::uint64_t limit) {
    if (more > limit - sum) refuse(format("it is larger than {} bytes", limit));
    sum += more;
  }

  Attributes attributes_of(archive_entry* entry, const std::string& path) {
    std::optional<Attributes> attributes = stored_attributes(entry);
    if (!attributes) refuse(format("the owner of {} is no number", escaped_path(path)));
    attributes->nanoseconds = static_cast<std::uint32_t>(archive_entry_mtime_nsec(entry));
    for (const auto& [name, value] : attributes->xattrs) count(names_, value.size(), limits_.names);
    return std::move(*attributes);
  }

  void add(archive_entry* entry, const std::string& path) {
    if (const char* existing = archive_entry_hardlink(entry)) {
      destination_.add_hard_link(path, member_path(existing));
      return;
    }
    const Attributes attributes = attributes_of(entry, path);
    switch (archive_entry_filetype(entry)) {
      case AE_IFREG:
        return add_file(entry, path, attributes);
      case AE_IFDIR:
        return destination_.add_folder(path, attributes);
      case AE_IFLNK:
        return add_link(entry, path, attributes);
      case AE_IFIFO:
        return destination_.add_fifo(path, attributes);
      case AE_IFCHR:
        return destination_.add_device(path, S_IFCHR, device_of(entry), attributes);
      case AE_IFBLK:
        return destination_.add_device(path, S_IFBLK, device_of(entry), attributes);
      default:
        refuse(format("{} is of an unknown kind", escaped_path(path)));
    }
  }

  static dev_t device_of(archive_entry* entry) {
    return makedev(static_cast<unsigned>(archive_entry_rdevmajor(entry)),
                   static_cast<unsigned>(archive_entry_rdevminor(entry)));
  }

  void add_file(archive_entry* entry, const std::string& path, const Attributes& attributes) {
    const la_int64_t size = archive_entry_size(entry);
    if (size < 0) refuse(format("{} has no size", escaped_path(path)));
    count(bytes_, static_cast<std::uint64_t>(size), limits_.bytes);
    const os::Fd file = destination_.add_file(path);
    write_member_content(reader_, file.get(), static_cast<std::uint64_t>(size), path);
    destination_.finish_file(file, path, attributes);
  }

  void add_link(archive_entry* entry, const std::string& path, const Attributes& attributes) {
    const char* target = archive_entry_symlink(entry);
    if (target == nullptr || *target == '\0')
      refuse(format("the link {} leads nowhere", escaped_path(path)));
    count(names_, std::string_view(target).size(), limits_.names);
    destination_.add_link(path, target, attributes);
  }

  ::archive* reader_;
  Destination destination_;
  const ExactTarLimits& limits_;
  std::uint64_t members_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t names_ = 0;
};

}  // namespace

void unpack_exact_tar(int fd, const std::filesystem::path& folder, const ExactTarLimits& limits) {
  const ReaderHandle reader = open_tar(fd);
  Unpacking(reader.get(), folder, limits).run();
}

}  // namespace ingot::archive
