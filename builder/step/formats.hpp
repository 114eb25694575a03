// SPDX-License-Identifier: Apache-2.0
// Writing what provisioners take, straight from the finished tree.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "archive/piece.hpp"
#include "crypto/hasher.hpp"
#include "disk/verity.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

struct FormatRequest {
  const spec::ResolvedImage& image;
  const spec::Lock& lock;
  std::filesystem::path tree;        ///< the finished image root, readable in place
  std::filesystem::path build_root;  ///< tree of the build root
  std::filesystem::path output;      ///< folder of the release in the making
  std::filesystem::path scratch;     ///< on the same file system as `output`
  /// All files of `tree` (list_files()); what is made of the list asks for it to be complete.
  std::vector<archive::ListedFile> files = {};
};

struct MadeFile {
  std::string name;  ///< in the output folder
  std::string role;
  std::string media_type;
  std::optional<crypto::FileDigest> measured;
  std::vector<archive::Piece> pieces = {};  ///< of formats that a later one can take over
};

/// "<image>-<version>", in front of every format's name.
std::string stem_of(const spec::ResolvedImage& image);

/// rootfs.tar.zst of the listed files: names sorted; compressed and hashed as it is written, but
/// for what `recall` knows.
MadeFile write_rootfs_tar(const FormatRequest& request, const archive::Recall& recall = {});

struct MadeRootImage {
  MadeFile file;
  disk::Verity verity;
};

/// The root image that netboot nodes fetch: squashfs of the listed files with its hash tree.
MadeRootImage write_root_image(const Workplace& workplace, const FormatRequest& request,
                               const archive::Recall& recall = {});

/// vmlinuz and initrd, copied out of the tree.
std::vector<MadeFile> write_kernel_files(const Workplace& workplace, const FormatRequest& request);

/// The UKI whose kernel line names `root` by size, digest and root hash; and that line as a file
/// of its own, for those who boot kernel and initrd apart.
std::vector<MadeFile> write_netboot_uki(const Workplace& workplace, const FormatRequest& request,
                                        const MadeRootImage& root);

struct MadeDisk {
  std::filesystem::path raw;    ///< in `scratch` when the image has not the format disk
  std::vector<MadeFile> files;  ///< of the release
};

/// The whole disk: GPT, an EFI system partition with a UKI of its own, an ext4 root; and the
/// description of what it holds.
MadeDisk write_raw_disk(const Workplace& workplace, const FormatRequest& request);

MadeFile write_qcow2_disk(const FormatRequest& request, const MadeDisk& disk);

}  // namespace ingot::step
