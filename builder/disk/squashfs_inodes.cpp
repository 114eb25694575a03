// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_inodes.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"

namespace ingot::disk {
namespace {

/// Types of inodes; those with more fields are larger by this.
enum : std::uint16_t {
  folder_inode = 1,
  file_inode = 2,
  link_inode = 3,
  block_device_inode = 4,
  character_device_inode = 5,
  fifo_inode = 6,
  socket_inode = 7,
  extended = 7,
};

constexpr std::size_t longest_group = 256;  ///< entries behind one head of a folder's listing
constexpr std::size_t most_index_rows = 65535;

std::uint16_t type_of(os::FileKind kind) {
  switch (kind) {
    case os::FileKind::folder:
      return folder_inode;
    case os::FileKind::regular:
      return file_inode;
    case os::FileKind::link:
      return link_inode;
    case os::FileKind::block_device:
      return block_device_inode;
    case os::FileKind::character_device:
      return character_device_inode;
    case os::FileKind::fifo:
      return fifo_inode;
    case os::FileKind::socket:
      return socket_inode;
  }
  throw Error(Fault::internal, "a file of no kind; this is a bug in ingot");
}

/// As the kernel encodes it: twelve bits of the first number between those of the second.
std::uint32_t device_of(const archive::ListedFile& file) {
  const auto first = static_cast<std::uint32_t>(file.device_major);
  const auto second = static_cast<std::uint32_t>(file.device_minor);
  return (second & 0xff) | first << 8 | (second & ~0xffU) << 12;
}

bool fits(std::uint64_t value) { return value <= std::numeric_limits<std::uint32_t>::max(); }

}  // namespace

/// What a folder's inode tells of its listing.
struct SquashfsInodes::Listing {
  struct Row {
    std::uint32_t at = 0;     ///< byte of the listing
    std::uint32_t block = 0;  ///< of the table
    std::string_view name;    ///< first one there
  };

  MetadataPlace place;
  std::uint64_t size = 0;
  std::vector<Row> index;
};

SquashfsInodes::SquashfsInodes(const SquashfsTree& tree, const SquashfsPlan& plan, int level,
                               std::int64_t latest)
    : tree_(tree),
      plan_(plan),
      latest_(latest),
      inodes_(level),
      folders_(level),
      xattrs_(level),
      places_(tree.nodes.size()),
      written_(tree.nodes.size()) {}

std::uint64_t SquashfsInodes::write() {
  // From the last folder to the first: what lies deeper comes later in the list, and a listing
  // names places of inodes.
  for (std::size_t i = tree_.nodes.size(); i-- > 0;) {
    const SquashfsNode& folder = tree_.nodes[i];
    if (folder.file->kind != os::FileKind::folder) continue;
    for (const SquashfsEntry& entry : folder.entries)
      if (!written_[entry.node]) write_inode(entry.node, {});
    write_inode(i, write_listing(folder));
  }
  return places_.front().reference();
}

std::uint16_t SquashfsInodes::id(std::uint64_t owner) {
  const auto [known, fresh] =
      known_ids_.try_emplace(owner, static_cast<std::uint16_t>(ids_.size()));
  if (fresh) {
    if (ids_.size() == std::numeric_limits<std::uint16_t>::max()) {
      throw Error(Fault::unsupported, "squashfs cannot hold more than 65535 users and groups");
    }
    ids_.push_back(static_cast<std::uint32_t>(owner));
  }
  return known->second;
}

void SquashfsInodes::head(std::size_t node, std::uint16_t type, RecordWriter& record) {
  const archive::ListedFile& file = *tree_.nodes[node].file;
  const std::int64_t time = std::clamp<std::int64_t>(std::min(file.mtime, latest_), 0,
                                                     std::numeric_limits<std::uint32_t>::max());
  record.u16(type).u16(static_cast<std::uint16_t>(file.mode));
  record.u16(id(file.uid)).u16(id(file.gid));
  record.u32(static_cast<std::uint32_t>(time)).u32(tree_.nodes[node].number);
}

namespace {

struct Facts {
  const SquashfsNode& node;
  std::uint32_t xattrs = SquashfsXattrs::none;
  bool has_xattrs() const { return xattrs != SquashfsXattrs::none; }
};

bool needs_extension(const Facts& facts, const SquashfsContent* content) {
  if (facts.has_xattrs() || facts.node.links > 1) return true;
  return content != nullptr &&
         (!fits(content->start) || !fits(content->file->size) || content->sparse != 0);
}

void file_body(const Facts& facts, const SquashfsContent* content, RecordWriter& record) {
  const std::uint64_t size = facts.node.file->size;
  const std::uint64_t start = content != nullptr ? content->start : 0;
  const std::uint32_t fragment =
      content != nullptr ? content->fragment : SquashfsContent::no_fragment;
  const std::uint32_t offset = content != nullptr ? content->fragment_offset : 0;
  if (needs_extension(facts, content)) {
    record.u64(start).u64(size).u64(content != nullptr ? content->sparse : 0);
    record.u32(facts.node.links).u32(fragment).u32(offset).u32(facts.xattrs);
  } else {
    record.u32(static_cast<std::uint32_t>(start)).u32(fragment).u32(offset);
    record.u32(static_cast<std::uint32_t>(size));
  }
  if (content == nullptr) return;
  for (const std::uint32_t block : content->blocks) record.u32(block);
}

}  // namespace

void SquashfsInodes::folder_record(std::size_t index, const Listing& listing, std::uint32_t xattrs,
                                   RecordWriter& record) {
  const SquashfsNode& node = tree_.nodes[index];
  // Three bytes for "." and "..", which no listing has.
  const std::uint64_t size = listing.size + 3;
  if (!fits(size)) throw Error(Fault::unsupported, "a folder is too large for squashfs");
  const bool more = xattrs != SquashfsXattrs::none || size > 65535 || !listing.index.empty();
  const std::uint32_t parent = index == 0 ? static_cast<std::uint32_t>(tree_.nodes.size() + 1)
                                          : tree_.nodes[node.parent].number;
  const auto block = static_cast<std::uint32_t>(listing.place.block);
  head(index, more ? folder_inode + extended : folder_inode, record);
  if (!more) {
    record.u32(block).u32(node.links).u16(static_cast<std::uint16_t>(size));
    record.u16(listing.place.offset).u32(parent);
    return;
  }
  record.u32(node.links).u32(static_cast<std::uint32_t>(size)).u32(block).u32(parent);
  record.u16(static_cast<std::uint16_t>(listing.index.size())).u16(listing.place.offset);
  record.u32(xattrs);
  for (const Listing::Row& row : listing.index) {
    record.u32(row.at).u32(row.block);
    record.u32(static_cast<std::uint32_t>(row.name.size() - 1)).text(row.name);
  }
}

void SquashfsInodes::write_inode(std::size_t index, const Listing& listing) {
  const SquashfsNode& node = tree_.nodes[index];
  const archive::ListedFile& file = *node.file;
  const Facts facts{node, xattrs_.add(file.xattrs)};
  const std::uint16_t type = type_of(file.kind);
  const auto with = [&](bool more) {
    return static_cast<std::uint16_t>(more ? type + extended : type);
  };
  RecordWriter record;
  if (file.kind == os::FileKind::folder) {
    folder_record(index, listing, facts.xattrs, record);
  } else if (file.kind == os::FileKind::regular) {
    const std::size_t number = plan_.content_of[index];
    const SquashfsContent* content =
        number == SquashfsPlan::no_content ? nullptr : &plan_.contents[number];
    head(index, with(needs_extension(facts, content)), record);
    file_body(facts, content, record);
  } else {
    head(index, with(facts.has_xattrs()), record);
    record.u32(node.links);
    if (file.kind == os::FileKind::link) {
      record.u32(static_cast<std::uint32_t>(file.target.size())).text(file.target);
    } else if (type == block_device_inode || type == character_device_inode) {
      record.u32(device_of(file));
    }
    if (facts.has_xattrs()) record.u32(facts.xattrs);
  }
  places_[index] = inodes_.place();
  written_[index] = true;
  inodes_.append(record.bytes());
}

SquashfsInodes::Listing SquashfsInodes::write_listing(const SquashfsNode& folder) {
  Listing listing;
  listing.place = folders_.place();
  for (std::size_t at = 0; at < folder.entries.size();) at = write_group(folder, at, listing);
  return listing;
}

/// Entries that one head can stand for: inodes in one block, with numbers near the first.
std::size_t SquashfsInodes::write_group(const SquashfsNode& folder, std::size_t first,
                                        Listing& listing) {
  const SquashfsEntry& front = folder.entries[first];
  const std::uint64_t block = places_[front.node].block;
  const std::int64_t base = tree_.nodes[front.node].number;
  if (!fits(block)) throw Error(Fault::unsupported, "the tree has too many files for squashfs");
  RecordWriter body;
  std::size_t at = first;
  for (; at < folder.entries.size() && at - first < longest_group; ++at) {
    const auto& [name, node] = folder.entries[at];
    const std::int64_t apart = tree_.nodes[node].number - base;
    // Not over more than a block, so that the index can lead to every block.
    if (places_[node].block != block || apart < -32768 || apart > 32767 ||
        body.size() > SquashfsMetadata::block_size) {
      break;
    }
    body.u16(places_[node].offset).u16(static_cast<std::uint16_t>(apart));
    body.u16(type_of(tree_.nodes[node].file->kind));
    body.u16(static_cast<std::uint16_t>(name.size() - 1)).text(name);
  }
  const MetadataPlace place = folders_.place();
  const std::uint64_t indexed =
      listing.index.empty() ? listing.place.block : listing.index.back().block;
  if (place.block != indexed && listing.index.size() < most_index_rows) {
    listing.index.push_back({static_cast<std::uint32_t>(listing.size),
                             static_cast<std::uint32_t>(place.block), front.name});
  }
  RecordWriter head;
  head.u32(static_cast<std::uint32_t>(at - first - 1)).u32(static_cast<std::uint32_t>(block));
  head.u32(static_cast<std::uint32_t>(base));
  folders_.append(head.bytes());
  folders_.append(body.bytes());
  listing.size += head.size() + body.size();
  return at;
}

}  // namespace ingot::disk
