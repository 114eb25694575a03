// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_frame.hpp"

#include <algorithm>
#include <map>

#include "archive/path_mark.hpp"
#include "archive/tar_header.hpp"
#include "base/bytes.hpp"

namespace ingot::archive {
namespace {

/// Whether a walk of the tree comes to `a` first: a folder's inside follows the folder at once.
bool walked_before(const std::string& a, const std::string& b) {
  if (a == "." || b == ".") return a == "." && b != ".";
  const auto rank = [](char letter) {
    return letter == '/' ? 0 : static_cast<int>(static_cast<unsigned char>(letter));
  };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return rank(x) < rank(y); });
}

}  // namespace

std::vector<TarMember> tar_members(const std::vector<ListedFile>& files) {
  std::vector<TarMember> members;
  members.reserve(files.size());
  for (const ListedFile& file : files) members.push_back({&file});
  std::sort(members.begin(), members.end(), [](const TarMember& a, const TarMember& b) {
    return walked_before(a.file->path, b.file->path);
  });
  std::map<std::string_view, const ListedFile*> first_names;
  for (TarMember& member : members) {
    const ListedFile& file = *member.file;
    if (file.kind == os::FileKind::folder || (file.links < 2 && file.hard_link.empty())) continue;
    const std::string& shared = file.hard_link.empty() ? file.path : file.hard_link;
    const auto [first, fresh] = first_names.emplace(shared, &file);
    if (!fresh) member.first = first->second;
  }
  return members;
}

std::string tar_header_of(const TarMember& member) {
  const ListedFile& file = *member.file;
  TarHeader header;
  header.type = tar_type_of(file.kind, file.path);
  header.path = tar_name_of(file.kind, file.path);
  header.mode = file.mode;
  header.uid = file.uid;
  header.gid = file.gid;
  header.mtime = file.mtime;
  header.link_path = file.target;
  header.device_major = file.device_major;
  header.device_minor = file.device_minor;
  if (member.first != nullptr) {
    header.type = '1';
    header.link_path = member.first->path;
  } else {
    header.xattrs = file.xattrs;
    header.size = tar_content_of(member);
  }
  return encoded(header);
}

std::uint64_t tar_content_of(const TarMember& member) {
  const bool has = member.file->kind == os::FileKind::regular && member.first == nullptr;
  return has ? member.file->size : 0;
}

void TarCutter::close(std::vector<TarFrame>& done) {
  if (frame_.stretches.empty()) return;
  done.push_back(std::move(frame_));
  frame_ = {};
}

std::vector<TarFrame> TarCutter::add(std::size_t index, std::string_view path, std::uint64_t header,
                                     std::uint64_t content) {
  std::vector<TarFrame> done;
  const bool place = frame_.size >= cut_.least && path_mark(path) % cut_.one_in == 0;
  if (place || frame_.size + header + round_up(content, tar_block) > cut_.most) close(done);
  frame_.size += header;
  std::uint64_t offset = 0;
  // A large file is cut at fixed places of its own, whatever stands in front of it.
  for (; content - offset > cut_.most; offset += cut_.most) {
    frame_.stretches.push_back({index, offset, cut_.most});
    frame_.size += cut_.most;
    close(done);
  }
  frame_.stretches.push_back({index, offset, content - offset});
  frame_.size += round_up(content - offset, tar_block);
  return done;
}

TarFrame TarCutter::finish() {
  frame_.last = true;
  frame_.size += 2 * tar_block;
  return std::move(frame_);
}

}  // namespace ingot::archive
