// SPDX-License-Identifier: Apache-2.0
// Writing what provisioners take, straight from the finished tree.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "archive/content.hpp"
#include "archive/file_list.hpp"
#include "archive/piece.hpp"
#include "crypto/hasher.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

/// Levels of zstd. Three is where a further one costs more time than it saves of any transfer.
struct Compression {
  int tar = 3;
  int root_image = 3;
  int qcow2 = 3;
};

/// For images that are tested and thrown away.
inline constexpr Compression fast_compression = {.tar = 1, .root_image = 1, .qcow2 = 1};

struct FormatRequest {
  const spec::ResolvedImage& image;
  const spec::Lock& lock;
  /// All of the finished image root, in order, with digests and no time later than the epoch.
  const std::vector<archive::ListedFile>& files;
  archive::OpenContent open;         ///< their content
  std::filesystem::path tree;        ///< the same, mounted
  std::filesystem::path build_root;  ///< tree of the build root
  std::filesystem::path output;      ///< folder that receives the files
  Compression compression = {};
  archive::Recall recall = {};       ///< finds pieces of earlier results of the same format
};

struct MadeFile {
  std::string name;  ///< in the output folder
  std::string role;
  std::string media_type;
  std::optional<crypto::FileDigest> measured;
  std::vector<archive::Piece> pieces = {};        ///< that a later result can take over
  std::map<std::string, std::string> facts = {};  ///< for steps that need this file
  bool released = true;                           ///< false: only other formats are made of it
};

/// "<image>-<version>", in front of every format's name.
std::string stem_of(const spec::ResolvedImage& image);

/// rootfs.tar.zst: names sorted; compressed and hashed as it is written.
MadeFile write_rootfs_tar(const FormatRequest& request);

/// The root image that netboot nodes fetch: squashfs with its hash tree, whose root hash and place
/// are among the facts.
MadeFile write_root_image(const Workplace& workplace, const FormatRequest& request);

/// vmlinuz and initrd, copied out of the tree.
std::vector<MadeFile> write_kernel_files(const FormatRequest& request);

/// The UKI whose kernel line names `root` by size, digest and root hash; and that line as a file
/// of its own, for those who boot kernel and initrd apart.
std::vector<MadeFile> write_netboot_uki(const FormatRequest& request, const MadeFile& root);

/// The whole disk: GPT, an EFI system partition with a UKI of its own, an ext4 root; and the
/// description of what it holds. The disk comes first.
std::vector<MadeFile> write_raw_disk(const Workplace& workplace, const FormatRequest& request);

MadeFile write_qcow2_disk(const FormatRequest& request, const std::filesystem::path& raw);

}  // namespace ingot::step
