// SPDX-License-Identifier: Apache-2.0
#include "archive/listing.hpp"

#include <sys/sysmacros.h>

#include <algorithm>
#include <map>

#include "archive/tar_members.hpp"
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

class TarListing {
public:
  explicit TarListing(const ContentDigest* digest) : digest_(digest) {}

  void add(ListedFile file, const MemberContent& content) {
    if (!file.hard_link.empty()) {
      file = further_name(file);
    } else if (file.kind == os::FileKind::regular && digest_ != nullptr) {
      content(digest_->update);
      file.digest = digest_->finish();
    }
    places_[file.path] = files_.size();
    files_.push_back(std::move(file));
  }

  std::vector<ListedFile> result() {
    put_in_order(files_);
    return std::move(files_);
  }

private:
  ListedFile further_name(const ListedFile& name) const {
    const auto found = places_.find(name.hard_link);
    if (found == places_.end()) {
      throw Error(Fault::verification,
                  format("{} is a further name of {}, which did not come", escaped_path(name.path),
                         escaped_path(name.hard_link)));
    }
    ListedFile file = files_[found->second];
    file.path = name.path;
    // No chains: each leads to the member that had the content.
    if (file.hard_link.empty()) file.hard_link = name.hard_link;
    return file;
  }

  const ContentDigest* digest_;
  std::vector<ListedFile> files_;
  std::map<std::string, std::size_t> places_;
};

std::vector<ListedFile> listed_tar(int fd, const ContentDigest* digest,
                                   const ExtractLimits& limits) {
  TarListing listing(digest);
  walk_tar(fd,
           [&](const ListedFile& file, const MemberContent& content) {
             listing.add(file, content);
             return Walk::on;
           },
           {.members = limits.entries, .bytes = limits.bytes});
  return listing.result();
}

std::vector<ListedFile> listed_tree(const std::filesystem::path& root, std::int64_t latest_mtime,
                                    const ContentDigest* digest) {
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
    } else if (entry.kind == os::FileKind::regular && digest != nullptr) {
      file.digest = digest_of_content(entry, open(), *digest);
    }
    files.push_back(std::move(file));
  });
  put_in_order(files);
  return files;
}

}  // namespace

std::vector<ListedFile> list_tree(const std::filesystem::path& root, std::int64_t latest_mtime,
                                  const ContentDigest& digest) {
  return listed_tree(root, latest_mtime, &digest);
}

std::vector<ListedFile> list_tree_names(const std::filesystem::path& root,
                                        std::int64_t latest_mtime) {
  return listed_tree(root, latest_mtime, nullptr);
}

std::vector<ListedFile> list_tar(int fd, const ContentDigest& digest, const ExtractLimits& limits) {
  return listed_tar(fd, &digest, limits);
}

std::vector<ListedFile> list_tar_names(int fd, const ExtractLimits& limits) {
  return listed_tar(fd, nullptr, limits);
}

}  // namespace ingot::archive
