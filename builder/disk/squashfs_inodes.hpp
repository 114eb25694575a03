// SPDX-License-Identifier: Apache-2.0
// The inodes, folders and owners of a squashfs image (squashfs.rst, "inodes" and "directories").
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/little_endian.hpp"
#include "disk/squashfs_content.hpp"
#include "disk/squashfs_metadata.hpp"
#include "disk/squashfs_tree.hpp"
#include "disk/squashfs_xattrs.hpp"

namespace ingot::disk {

class SquashfsInodes {
public:
  /// References outlive this. Times later than `latest` become that.
  SquashfsInodes(const SquashfsTree& tree, const SquashfsPlan& plan, int level,
                 std::int64_t latest);

  /// Writes all inodes, and tells where that of the root lies.
  std::uint64_t write();

  SquashfsMetadata& inodes() noexcept { return inodes_; }
  const SquashfsMetadata& inodes() const noexcept { return inodes_; }
  SquashfsMetadata& folders() noexcept { return folders_; }
  SquashfsXattrs& xattrs() noexcept { return xattrs_; }
  /// Users and groups; inodes name them by their place here.
  const std::vector<std::uint32_t>& ids() const noexcept { return ids_; }

private:
  struct Listing;

  /// `listing` is that of a folder.
  void write_inode(std::size_t node, const Listing& listing);
  void folder_record(std::size_t node, const Listing& listing, std::uint32_t xattrs,
                     RecordWriter& record);
  Listing write_listing(const SquashfsNode& folder);
  std::size_t write_group(const SquashfsNode& folder, std::size_t first, Listing& listing);
  void head(std::size_t node, std::uint16_t type, RecordWriter& record);
  std::uint16_t id(std::uint64_t owner);

  const SquashfsTree& tree_;
  const SquashfsPlan& plan_;
  std::int64_t latest_;
  SquashfsMetadata inodes_;
  SquashfsMetadata folders_;
  SquashfsXattrs xattrs_;
  std::vector<MetadataPlace> places_;  ///< by node
  std::vector<bool> written_;          ///< by node
  std::vector<std::uint32_t> ids_;
  std::map<std::uint64_t, std::uint16_t> known_ids_;
};

}  // namespace ingot::disk
