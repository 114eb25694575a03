// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4.hpp"

#include <fcntl.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "disk/ext4_times.hpp"
#include "disk/tree_size.hpp"
#include "os/fd.hpp"

namespace ingot::disk {

namespace {

constexpr std::string_view tree_inside = "/run/ingot/tree";
constexpr std::string_view image_inside = "/run/ingot/image";

// Spelled out, so that the build root's mke2fs.conf has no say. resize_inode lets the mounted
// file system grow; every kernel since 4.4 and every GRUB reads this set.
constexpr std::string_view features =
    "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,"
    "large_file,huge_file,dir_nlink,extra_isize,metadata_csum";

unsigned journal_mib(Bytes size) { return size < 2_GiB ? 16 : 64; }

[[noreturn]] void refuse_size(const Ext4Spec& spec) {
  const TreeSize tree = measure_tree(spec.tree);
  throw Error(Fault::input,
              format("the tree does not fit into the root partition: {} files and {} MiB of blocks "
                     "need a partition of about {} MiB, it has {} MiB; make the disk larger or the "
                     "image smaller",
                     tree.inodes, (tree.content.count >> 20) + 1, root_size_for(tree).count >> 20,
                     spec.size.count >> 20));
}

}  // namespace

os::Command ext4_command(const Ext4Spec& spec) {
  os::Command command;
  command.program = "mke2fs";
  command.args = {"-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-i", "16384", "-m", "1"};
  command.args.insert(command.args.end(), {"-L", spec.label, "-U", spec.id.text()});
  command.args.insert(command.args.end(), {"-O", std::string(features)});
  command.args.insert(command.args.end(), {"-J", format("size={}", journal_mib(spec.size))});
  // The image holds zeros, so nothing needs zeroing, neither now nor at the first boot.
  command.args.insert(
      command.args.end(),
      {"-E", format("offset={},hash_seed={},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0,"
                    "nodiscard,assume_storage_prezeroed=1",
                    spec.offset, spec.hash_seed.text())});
  command.args.insert(command.args.end(),
                      {"-d", std::string(tree_inside), std::string(image_inside),
                       format("{}k", spec.size.count / 1024)});
  // Versions before 1.47.1 know only the second.
  command.env["SOURCE_DATE_EPOCH"] = format("{}", spec.epoch);
  command.env["E2FSPROGS_FAKE_TIME"] = format("{}", spec.epoch);
  command.why = "make the root file system";
  return command;
}

void make_ext4(const Tool& tool, const Ext4Spec& spec) {
  during("writing the root partition", [&] {
    const os::Command command = ext4_command(spec);
    const os::Outcome outcome =
        tool(command, {{spec.tree, std::string(tree_inside), os::Access::read_only},
                       {spec.image, std::string(image_inside), os::Access::read_write}});
    if (says(outcome, "Could not allocate block") || says(outcome, "Could not allocate inode")) {
      refuse_size(spec);
    }
    expect_ok(outcome, command, "e2fsprogs");
    const os::Fd image = os::open_file(spec.image, O_RDWR);
    settle_times(image.get(), spec.image, spec.offset, spec.epoch);
  });
}

}  // namespace ingot::disk
