// SPDX-License-Identifier: Apache-2.0
// A small signed release, made of a folder by our own writers.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "archive/listing.hpp"
#include "archive/sink.hpp"
#include "archive/tar_writer.hpp"
#include "base/format.hpp"
#include "boot/pe.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "run/release.hpp"
#include "support/tiny_elf.hpp"
#include "support/tiny_pe.hpp"

namespace ingot::test {

class TinyRelease {
public:
  static constexpr std::int64_t epoch = 1'700'000'000;
  static constexpr const char* kernel = "6.12.9-test";

  TinyRelease(const std::filesystem::path& parent, const std::string& image)
      : folder(parent / (image + "-1.0")), tree(parent / (image + " tree")), image_(image) {
    std::filesystem::create_directories(folder);
    put("etc/hostname", "node\n");
    put("usr/bin/tool",
        std::string("\x7f"
                    "ELF\0\xff binary",
                    13),
        0755);
    put("usr/lib/systemd/system/a.service", "[Service]\n");
    put(format("boot/config-{}", kernel), "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\n");
    put_module("kernel/fs/ext4.ko", "1.0");
    put("var/lib/dpkg/status", "Package: tool\nStatus: install ok installed\nVersion: 1.0-1\n\n");
    put("var/lib/dpkg/info/tool.list", "/.\n/bin\n/bin/tool\n");
    link("bin", "usr/bin");
    link("etc/absolute", "/usr/bin/tool");
    link("etc/out", "../../../../../../etc/hostname");
    link("etc/circle", "circle");
    std::filesystem::create_hard_link(tree / "usr/bin/tool", tree / "usr/bin/a second name");
  }

  void put(const std::string& path, std::string_view content, unsigned mode = 0644) const {
    std::filesystem::remove(tree / path);
    os::write_file(tree / path, content, mode);
  }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories((tree / path).parent_path());
    std::filesystem::create_symlink(target, tree / path);
  }
  void put_module(const std::string& place, const std::string& version) const {
    put(format("usr/lib/modules/{}/{}", kernel, place),
        tiny_module({.info = {{"version", version}, {"vermagic", std::string(kernel) + " SMP"}}}));
  }

  std::string packages = "tool\t1.0-1\tamd64\nother\t2.0\tall\n";
  std::string kernel_line = "quiet console=ttyS0";
  std::string agreement =
      R"({"schema":"ingot/agreement/v1","verdict":"pass","rules":[{"id":"a.b","outcome":"pass"}]})";

  std::string name(std::string_view suffix) const { return image_ + "-1.0" + std::string(suffix); }
  std::filesystem::path tar() const { return folder / name(".rootfs.tar.zst"); }
  std::filesystem::path list() const { return folder / name(".mtree"); }

  void write_tar() const {
    os::AtomicFile file(tar());
    archive::FdSink bottom(file.fd(), tar());
    archive::ZstdSink compressed(bottom, {.level = 3, .threads = 1});
    archive::write_tree(tree, compressed, {.latest_mtime = epoch});
    compressed.finish();
    file.commit();
  }

  void write_list() const {
    crypto::Hasher hasher;
    os::write_file(list(), archive::file_list_text(archive::list_tree(
                               tree, epoch,
                               {[&](std::span<const std::uint8_t> more) { hasher.update(more); },
                                [&] { return hasher.finish(); }})));
  }

  /// All files of the release, signed.
  void build() const {
    write_tar();
    write_list();
    const std::filesystem::path stub = folder / "stub";
    os::write_file(stub, text_of(tiny_pe()));
    boot::append_sections(stub, {{.name = ".cmdline", .text = kernel_line, .files = {}}},
                          folder / name(".efi"));
    std::filesystem::remove(stub);
    os::write_file(folder / "packages.txt", packages);
    os::write_file(folder / "agreement.json", agreement);
    os::write_file(folder / "build.log", "of " + image_);
    run::write_release(folder,
                       {.product = image_,
                        .version = "1.0",
                        .created = epoch,
                        .arch = "amd64",
                        .kernel_release = kernel,
                        .kernel_package = "linux=1",
                        .driver_version = {},
                        .driver_flavour = {},
                        .containerd_version = {}},
                       {{name(".rootfs.tar.zst"), "rootfs-tar", "application/zstd", {}},
                        {name(".mtree"), "file-list", "text/plain", {}},
                        {name(".efi"), "uki", "application/efi", {}},
                        {"packages.txt", "packages", "text/plain", {}},
                        {"agreement.json", "agreement", "application/json", {}},
                        {"build.log", "log", "text/plain", {}}},
                       crypto::PrivateKey::generate(crypto::KeyType::ec_p256),
                       run::KeyOrigin::development);
  }

  std::filesystem::path folder;
  std::filesystem::path tree;

private:
  std::string image_;
};

}  // namespace ingot::test
