// SPDX-License-Identifier: Apache-2.0
#include "step/formats.hpp"

#include "archive/content.hpp"
#include "archive/framed_tar.hpp"
#include "archive/sink.hpp"
#include "base/error.hpp"
#include "boot/kernel_line.hpp"
#include "boot/uki.hpp"
#include "disk/description.hpp"
#include "disk/image.hpp"
#include "disk/qcow2.hpp"
#include "disk/root_image.hpp"
#include "os/copy.hpp"
#include "os/file.hpp"

namespace ingot::step {
namespace fs = std::filesystem;

namespace {

disk::Tool build_root_tool(const Workplace& workplace, const FormatRequest& request,
                           const std::string& step) {
  return [&workplace, build_root = request.build_root, step](const os::Command& wanted,
                                                             const std::vector<os::Bind>& binds) {
    os::Command command = wanted;
    command.on_line = [&](std::string_view line) { workplace.log.line(step, line); };
    for (const auto& [name, value] : build_environment(workplace))
      command.env.insert({name, value});
    return os::run_in_sandbox(workplace.runner, workplace.environment,
                              {.lowers = {build_root}, .binds = binds}, command);
  };
}

Sha256 digest_of_bytes(std::span<const std::uint8_t> bytes) { return crypto::digest_of(bytes); }

/// Ids inside the formats follow from what the image is called and made of.
Sha256 seed_of(const FormatRequest& request, std::string_view purpose) {
  return crypto::FieldHasher("ingot.ids.v1")
      .field(purpose)
      .field(request.image.name)
      .field(request.image.version)
      .field(request.lock.definitions.hex())
      .finish();
}

const spec::Kernel& kernel_of(const FormatRequest& request) {
  if (!request.image.kernel) {
    throw Error(
        Fault::input,
        request.image.file + ": formats netboot and disk need a kernel; name one under 'kernel'");
  }
  return *request.image.kernel;
}

fs::path vmlinuz_of(const FormatRequest& request) {
  return request.tree / "boot" / ("vmlinuz-" + kernel_of(request).release);
}

fs::path initrd_of(const FormatRequest& request) {
  return request.tree / "boot" / ("initrd.img-" + kernel_of(request).release);
}

std::string os_release_text(const FormatRequest& request) {
  // /etc/os-release is a link; following it would leave the tree.
  return os::read_file(request.tree / "usr/lib/os-release", 1U << 16);
}

/// What definitions say, and then `words`.
std::string kernel_line_of(const FormatRequest& request, const std::vector<std::string>& words) {
  std::vector<std::string> line;
  for (const spec::Located& word : request.image.kernel_line) line.push_back(word.value);
  line.insert(line.end(), words.begin(), words.end());
  return boot::kernel_line(line);
}

void write_uki_for(const FormatRequest& request, const std::string& kernel_line,
                   const fs::path& output) {
  boot::write_uki({.stub = request.build_root / "usr/lib/systemd/boot/efi/linuxx64.efi.stub",
                   .kernel = vmlinuz_of(request),
                   .initrds = {initrd_of(request)},
                   .kernel_line = kernel_line,
                   .os_release = os_release_text(request),
                   .uname = kernel_of(request).release,
                   .sbat = {},
                   .output = output});
}

MadeFile copy_out(const fs::path& source, const FormatRequest& request, const std::string& suffix,
                  const std::string& role) {
  const std::string name = stem_of(request.image) + suffix;
  const fs::path target = request.output / name;
  if (!fs::is_regular_file(source)) {
    throw Error(Fault::verification, "the image root has no /" +
                                         source.lexically_relative(request.tree).string() +
                                         "; does a layer install the kernel?");
  }
  os::copy_file(source, target);
  return {name, role, "application/octet-stream", crypto::measure_file(target)};
}

}  // namespace

std::string stem_of(const spec::ResolvedImage& image) { return image.name + "-" + image.version; }

MadeFile write_rootfs_tar(const FormatRequest& request, const archive::Recall& recall) {
  const std::string name = stem_of(request.image) + ".rootfs.tar.zst";
  const fs::path target = request.output / name;
  os::AtomicFile file(target);
  archive::FdSink bottom(file.fd(), target);
  crypto::HashingSink hashed(bottom);
  std::vector<archive::Piece> pieces =
      archive::write_framed_tar({.files = request.files,
                                 .open = archive::content_below(request.tree),
                                 .digest = digest_of_bytes,
                                 .recall = recall},
                                hashed);
  hashed.finish();
  file.commit();
  return {name, "rootfs-tar", "application/zstd", hashed.result(), std::move(pieces)};
}

MadeRootImage write_root_image(const Workplace& workplace, const FormatRequest& request,
                               const archive::Recall& recall) {
  const std::string name = stem_of(request.image) + ".root.squashfs";
  disk::RootImage image =
      disk::make_root_image({.files = request.files,
                             .open = archive::content_below(request.tree),
                             .recall = recall,
                             .output = request.output / name,
                             .squashfs = {.epoch = workplace.epoch},
                             .salt = seed_of(request, "verity-salt"),
                             .uuid = disk::derived_guid(seed_of(request, "verity"), "superblock")});
  return {{name, "root-image", "application/vnd.squashfs",
           crypto::FileDigest{image.digest, image.size}, std::move(image.pieces)},
          image.verity};
}

std::vector<MadeFile> write_kernel_files(const Workplace&, const FormatRequest& request) {
  return {copy_out(vmlinuz_of(request), request, ".vmlinuz", "vmlinuz"),
          copy_out(initrd_of(request), request, ".initrd", "initrd")};
}

std::vector<MadeFile> write_netboot_uki(const Workplace&, const FormatRequest& request,
                                        const MadeRootImage& root) {
  const std::string name = stem_of(request.image) + ".efi";
  const fs::path target = request.output / name;
  const std::string line =
      kernel_line_of(request, {"boot=ingot", "ingot.root=" + root.file.name,
                               "ingot.root.sha256=" + root.file.measured->digest.hex(),
                               "ingot.root.size=" + std::to_string(root.file.measured->size),
                               // Not systemd's roothash=: its generator in the running system would
                               // wait for partitions of that name.
                               "ingot.root.verity=" + root.verity.root_hash.hex() + ":" +
                                   std::to_string(root.verity.hash_offset)});
  write_uki_for(request, line, target);
  const std::string apart = stem_of(request.image) + ".cmdline";
  os::write_file(request.output / apart, line + "\n");
  return {{name, "uki", "application/efi", crypto::measure_file(target)},
          {apart, "kernel-line", "text/plain", {}}};
}

MadeDisk write_raw_disk(const Workplace& workplace, const FormatRequest& request) {
  const std::string name = stem_of(request.image) + ".raw";
  const bool released = request.image.has_format(spec::ImageFormat::disk);
  const disk::DiskSpec spec{.size = request.image.disk.size,
                            .esp_size = request.image.disk.esp,
                            .seed = seed_of(request, "disk")};
  const fs::path uki = request.scratch / "disk.efi";
  write_uki_for(
      request,
      kernel_line_of(request, {disk::plan_layout(spec).root_word(), "rootfstype=ext4", "rw"}), uki);
  const disk::DiskRequest disk{.spec = spec,
                               .esp_files = {{"EFI/BOOT/BOOTX64.EFI", uki}},
                               .tree = request.tree,
                               .epoch = workplace.epoch,
                               .output = (released ? request.output : request.scratch) / name};
  disk::write_disk(build_root_tool(workplace, request, "disk"), disk);
  const std::string description = stem_of(request.image) + ".disk.json";
  os::write_file(request.output / description, disk::description_text(disk::describe_disk(disk)));
  MadeDisk made{disk.output, {{description, "disk-description", "application/json", {}}}};
  if (released) {
    made.files.push_back(
        {name, "disk-raw", "application/vnd.ingot.disk.raw", crypto::measure_file(disk.output)});
  }
  return made;
}

MadeFile write_qcow2_disk(const FormatRequest& request, const MadeDisk& disk) {
  const std::string name = stem_of(request.image) + ".qcow2";
  const fs::path target = request.output / name;
  disk::write_qcow2(disk.raw, target);
  return {name, "disk-qcow2", "application/vnd.ingot.disk.qcow2", crypto::measure_file(target)};
}

}  // namespace ingot::step
