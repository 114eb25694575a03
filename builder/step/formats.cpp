// SPDX-License-Identifier: Apache-2.0
#include "step/formats.hpp"

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
  return {.name = name,
          .role = role,
          .media_type = "application/octet-stream",
          .measured = crypto::measure_file(target)};
}

}  // namespace

std::string stem_of(const spec::ResolvedImage& image) { return image.name + "-" + image.version; }

MadeFile write_rootfs_tar(const FormatRequest& request) {
  const std::string name = stem_of(request.image) + ".rootfs.tar.zst";
  const fs::path target = request.output / name;
  os::AtomicFile file(target);
  archive::FdSink bottom(file.fd(), target);
  crypto::HashingSink hashed(bottom);
  std::vector<archive::Piece> pieces = archive::write_framed_tar(
      {.files = request.files,
       .open = request.open,
       .digest = [](std::span<const std::uint8_t> bytes) { return crypto::digest_of(bytes); },
       .recall = request.recall,
       .options = {.level = request.compression.tar}},
      hashed);
  hashed.finish();
  file.commit();
  return {.name = name,
          .role = "rootfs-tar",
          .media_type = "application/zstd",
          .measured = hashed.result(),
          .pieces = std::move(pieces)};
}

MadeFile write_root_image(const Workplace& workplace, const FormatRequest& request) {
  const std::string name = stem_of(request.image) + ".root.squashfs";
  disk::RootImage image = disk::make_root_image(
      {.files = request.files,
       .open = request.open,
       .recall = request.recall,
       .output = request.output / name,
       .squashfs = {.epoch = workplace.epoch, .level = request.compression.root_image},
       .salt = seed_of(request, "verity-salt"),
       .uuid = disk::derived_guid(seed_of(request, "verity"), "superblock")});
  return {.name = name,
          .role = "root-image",
          .media_type = "application/vnd.squashfs",
          .measured = crypto::FileDigest{image.digest, image.size},
          .pieces = std::move(image.pieces),
          .facts = {{"verity-root-hash", image.verity.root_hash.hex()},
                    {"verity-offset", std::to_string(image.verity.hash_offset)}}};
}

std::vector<MadeFile> write_kernel_files(const FormatRequest& request) {
  return {copy_out(vmlinuz_of(request), request, ".vmlinuz", "vmlinuz"),
          copy_out(initrd_of(request), request, ".initrd", "initrd")};
}

std::vector<MadeFile> write_netboot_uki(const FormatRequest& request, const MadeFile& root) {
  const std::string name = stem_of(request.image) + ".efi";
  const fs::path target = request.output / name;
  const std::string line =
      kernel_line_of(request, {"boot=ingot", "ingot.root=" + root.name,
                               "ingot.root.sha256=" + root.measured->digest.hex(),
                               "ingot.root.size=" + std::to_string(root.measured->size),
                               // Not systemd's roothash=: its generator in the running system would
                               // wait for partitions of that name.
                               "ingot.root.verity=" + root.facts.at("verity-root-hash") + ":" +
                                   root.facts.at("verity-offset")});
  write_uki_for(request, line, target);
  const std::string apart = stem_of(request.image) + ".cmdline";
  os::write_file(request.output / apart, line + "\n");
  return {{.name = name,
           .role = "uki",
           .media_type = "application/efi",
           .measured = crypto::measure_file(target)},
          {.name = apart, .role = "kernel-line", .media_type = "text/plain", .measured = {}}};
}

std::vector<MadeFile> write_raw_disk(const Workplace& workplace, const FormatRequest& request) {
  const std::string name = stem_of(request.image) + ".raw";
  const disk::DiskSpec spec{.size = request.image.disk.size,
                            .esp_size = request.image.disk.esp,
                            .seed = seed_of(request, "disk")};
  const fs::path uki = request.output / "disk.efi";
  write_uki_for(
      request,
      kernel_line_of(request, {disk::plan_layout(spec).root_word(), "rootfstype=ext4", "rw"}), uki);
  const disk::DiskRequest disk{.spec = spec,
                               .esp_files = {{"EFI/BOOT/BOOTX64.EFI", uki}},
                               .root = {request.files, request.open},
                               .epoch = workplace.epoch,
                               .output = request.output / name};
  const disk::DiskResult written = disk::write_disk(disk);
  const std::string description = stem_of(request.image) + ".disk.json";
  os::write_file(request.output / description, disk::description_text(disk::describe_disk(disk)));
  fs::remove(uki);
  return {{.name = name,
           .role = "disk-raw",
           .media_type = "application/vnd.ingot.disk.raw",
           .measured = written.digest,
           .released = request.image.has_format(spec::ImageFormat::disk)},
          {.name = description,
           .role = "disk-description",
           .media_type = "application/json",
           .measured = {}}};
}

MadeFile write_qcow2_disk(const FormatRequest& request, const fs::path& raw) {
  const std::string name = stem_of(request.image) + ".qcow2";
  const fs::path target = request.output / name;
  disk::write_qcow2(raw, target, {.level = request.compression.qcow2});
  return {.name = name,
          .role = "disk-qcow2",
          .media_type = "application/vnd.ingot.disk.qcow2",
          .measured = crypto::measure_file(target)};
}

}  // namespace ingot::step
