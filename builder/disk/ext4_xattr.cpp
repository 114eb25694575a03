// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_xattr.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "disk/ext4_geometry.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint32_t magic = 0xea020000;
constexpr std::size_t inode_head = 4;   // the magic number
constexpr std::size_t block_head = 32;  // of the external block
constexpr std::size_t block_checksum_at = 16;
constexpr std::size_t entry_head = 16;
constexpr std::size_t end_mark = 4;

struct Entry {
  std::uint8_t index = 0;
  std::string name;  // behind the prefix
  std::string value;

  std::size_t head_size() const { return entry_head + round_up(name.size(), 4); }
  std::size_t value_size() const { return round_up(value.size(), 4); }
};

/// "Name index": which prefix is left out. The ACLs have no rest.
std::optional<Entry> indexed(const std::string& name) {
  struct Prefix {
    std::string_view text;
    std::uint8_t index;
  };
  constexpr std::array<Prefix, 3> prefixes = {{{"user.", 1}, {"trusted.", 4}, {"security.", 6}}};
  if (name == "system.posix_acl_access") return Entry{2, "", ""};
  if (name == "system.posix_acl_default") return Entry{3, "", ""};
  for (const Prefix& prefix : prefixes) {
    if (name.starts_with(prefix.text) && name.size() > prefix.text.size()) {
      return Entry{prefix.index, name.substr(prefix.text.size()), ""};
    }
  }
  return std::nullopt;
}

/// System calls give each entry eight bytes behind version 2; ext4 keeps version 1, and an id only
/// for the entries that name a user or a group.
std::string stored_acl(const std::string& name, const std::string& value) {
  const std::vector<std::uint8_t> given(value.begin(), value.end());
  if (given.size() < 4 || given.size() % 8 != 4 || load_le<std::uint32_t>(given, 0) != 2) {
    throw Error(Fault::input, format("the extended attribute {} is no access list", name));
  }
  constexpr std::uint16_t named_user = 0x02;
  constexpr std::uint16_t named_group = 0x08;
  RecordWriter stored;
  stored.u32(1);
  for (std::size_t at = 4; at < given.size(); at += 8) {
    const auto tag = load_le<std::uint16_t>(given, at);
    stored.u16(tag).u16(load_le<std::uint16_t>(given, at + 2));
    if (tag == named_user || tag == named_group) stored.u32(load_le<std::uint32_t>(given, at + 4));
  }
  return {stored.bytes().begin(), stored.bytes().end()};
}

std::vector<Entry> entries_of(const std::map<std::string, std::string>& xattrs) {
  std::vector<Entry> entries;
  for (const auto& [name, value] : xattrs) {
    std::optional<Entry> entry = indexed(name);
    if (!entry || entry->name.size() > 255 || entry->name.find('\0') != std::string::npos) {
      throw Error(Fault::input,
                  format("ext4 has no place for an extended attribute of the name {}", name));
    }
    entry->value = entry->index == 2 || entry->index == 3 ? stored_acl(name, value) : value;
    entries.push_back(std::move(*entry));
  }
  // The order in which the kernel looks for them in a block.
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.index, a.name.size(), std::string_view(a.name)) <
           std::tuple(b.index, b.name.size(), std::string_view(b.name));
  });
  return entries;
}

std::uint32_t hash_of(const Entry& entry, std::span<const std::uint8_t> padded_value) {
  std::uint32_t hash = 0;
  for (const char letter : entry.name) {
    hash = (hash << 5) ^ (hash >> 27) ^ static_cast<std::uint8_t>(letter);
  }
  for (std::size_t at = 0; at < padded_value.size(); at += 4) {
    hash = (hash << 16) ^ (hash >> 16) ^ load_le<std::uint32_t>(padded_value, at);
  }
  return hash;
}

/// Lays entries out from the front of an area and their values from its end.
class Area {
public:
  /// Offsets of values count from `origin` in `bytes`, entries begin at `first`.
  Area(std::size_t size, std::size_t first, std::size_t origin)
      : bytes_(size), at_(first), origin_(origin), end_(size) {}

  bool fits(const Entry& entry) const {
    return at_ + entry.head_size() + end_mark + entry.value_size() <= end_;
  }

  void put(const Entry& entry) {
    const std::span<std::uint8_t> all(bytes_);
    end_ -= entry.value_size();
    std::copy(entry.value.begin(), entry.value.end(), all.subspan(end_).begin());
    const std::span<std::uint8_t> head = all.subspan(at_, entry.head_size());
    head[0] = static_cast<std::uint8_t>(entry.name.size());
    head[1] = entry.index;
    store_le(head, 2, static_cast<std::uint16_t>(entry.value.empty() ? 0 : end_ - origin_));
    store_le(head, 8, static_cast<std::uint32_t>(entry.value.size()));
    const std::uint32_t hash = hash_of(entry, all.subspan(end_, entry.value_size()));
    store_le(head, 12, hash);
    std::copy(entry.name.begin(), entry.name.end(), head.subspan(entry_head).begin());
    at_ += entry.head_size();
    hash_ = (hash_ << 16) ^ (hash_ >> 16) ^ hash;
    shareable_ = shareable_ && hash != 0;
    used_ = true;
  }

  bool used() const { return used_; }
  /// Over all entries; zero keeps the kernel from sharing the block.
  std::uint32_t hash() const { return shareable_ ? hash_ : 0; }
  std::vector<std::uint8_t>& bytes() { return bytes_; }

private:
  std::vector<std::uint8_t> bytes_;
  std::size_t at_;
  std::size_t origin_;
  std::size_t end_;
  std::uint32_t hash_ = 0;
  bool shareable_ = true;
  bool used_ = false;
};

[[noreturn]] void refuse(const std::map<std::string, std::string>& xattrs) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : xattrs) bytes += name.size() + value.size();
  throw Error(Fault::input, format("{} extended attributes with {} bytes do not fit: ext4 has "
                                   "place for about {} bytes at a file",
                                   xattrs.size(), bytes, ext4_block_size - block_head));
}

}  // namespace

Ext4Attributes ext4_attributes(const std::map<std::string, std::string>& xattrs) {
  Area inner(ext4_attributes_in_inode, inode_head, inode_head);
  Area outer(ext4_block_size, block_head, 0);
  for (const Entry& entry : entries_of(xattrs)) {
    if (inner.fits(entry)) {
      inner.put(entry);
    } else if (outer.fits(entry)) {
      outer.put(entry);
    } else {
      refuse(xattrs);
    }
  }
  Ext4Attributes result;
  if (inner.used()) {
    store_le(std::span(inner.bytes()), 0, magic);
    result.in_inode = std::move(inner.bytes());
  }
  if (outer.used()) {
    const std::span<std::uint8_t> head(outer.bytes());
    store_le(head, 0, magic);
    store_le(head, 4, std::uint32_t{1});  // inodes that refer to it
    store_le(head, 8, std::uint32_t{1});  // blocks
    store_le(head, 12, outer.hash());
    result.block = std::move(outer.bytes());
  }
  return result;
}

void seal_attributes(std::vector<std::uint8_t>& block, std::uint64_t place,
                     const Ext4Checksum& checksum) {
  store_le(std::span(block), block_checksum_at, checksum.of_attributes(place, block));
}

}  // namespace ingot::disk
