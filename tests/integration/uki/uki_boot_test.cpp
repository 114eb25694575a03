// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <fcntl.h>

#include "boot/kernel_line.hpp"
#include "boot/pe.hpp"
#include "boot/uki.hpp"
#include "crypto/hasher.hpp"
#include "disk/image.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr auto marker = "INGOT-UKI-STARTED";

[[noreturn]] void skip(const std::string& reason) {
  std::printf("skipped: %s\n", reason.c_str());
  std::exit(77);
}

fs::path needed_file(std::string_view variable, const fs::path& fallback, const char* what) {
  const fs::path path = os::Environment::of_process().get_or(variable, fallback.string());
  if (path.empty() || !fs::exists(path)) {
    skip(std::string(what) + " is missing; " + std::string(variable) + " can name one");
  }
  return path;
}

/// One member of a "newc" archive.
std::string member(const std::string& name, unsigned mode, std::string content,
                   const std::string& device = "0000000000000000") {
  static unsigned inode = 1;
  char header[111];
  std::snprintf(header, sizeof header, "070701%08x%08x%08x%08x%08x%08x%08x%s%s%08x%08x", inode++,
                mode, 0U, 0U, 1U, 0U, static_cast<unsigned>(content.size()), "0000000000000000",
                device.c_str(), static_cast<unsigned>(name.size() + 1), 0U);
  std::string result = header + name + '\0';
  result.resize((result.size() + 3) / 4 * 4);
  result += content;
  result.resize((result.size() + 3) / 4 * 4);
  return result;
}

std::string first_initrd(const fs::path& busybox) {
  return member("bin", 0040755, "") + member("bin/busybox", 0100755, os::read_file(busybox)) +
         member("dev", 0040755, "") + member("dev/console", 0020600, "", "0000000500000001") +
         member("TRAILER!!!", 0, "");
}

/// A second archive, so that two initrds in one section are proven to load.
std::string second_initrd() {
  const std::string script = std::string("#!/bin/busybox sh\n") +
                             "/bin/busybox mkdir -p /proc\n"
                             "/bin/busybox mount -t proc proc /proc\n"
                             "/bin/busybox echo " +
                             marker +
                             " $(/bin/busybox cat /proc/cmdline)\n"
                             "/bin/busybox poweroff -f\n";
  return member("init", 0100755, script) + member("TRAILER!!!", 0, "");
}

std::string boot_disk(const fs::path& folder, const fs::path& disk) {
  const fs::path firmware = "/usr/share/OVMF/OVMF_CODE_4M.fd";
  fs::copy_file("/usr/share/OVMF/OVMF_VARS_4M.fd", folder / "vars.fd");
  os::Command qemu;
  qemu.program = "qemu-system-x86_64";
  qemu.args = {"-machine",
               "q35,accel=tcg",
               "-cpu",
               "max",
               "-m",
               "1024",
               "-display",
               "none",
               "-no-reboot",
               "-nic",
               "none",
               "-serial",
               "file:" + (folder / "serial").string(),
               "-drive",
               "if=pflash,format=raw,readonly=on,file=" + firmware.string(),
               "-drive",
               "if=pflash,format=raw,file=" + (folder / "vars.fd").string(),
               "-drive",
               "if=virtio,format=raw,snapshot=on,file=" + disk.string()};
  qemu.why = "start the UKI";
  const os::Fd output = os::open_file(folder / "qemu.log", O_WRONLY | O_CREAT);
  os::Process machine(qemu, output);
  const auto outcome = machine.wait(std::chrono::minutes(5));
  machine.stop();
  INFO("QEMU: " << os::read_file(folder / "qemu.log"));
  CHECK(outcome.has_value());
  return os::read_file(folder / "serial");
}

}  // namespace

TEST_CASE("firmware starts our UKI from our disk image and the kernel gets line and initrds") {
  test::need_programs({"qemu-system-x86_64"});
  const fs::path stub = needed_file(
      "INGOT_TEST_STUB", "/usr/lib/systemd/boot/efi/linuxx64.efi.stub", "systemd's EFI stub");
  const fs::path kernel = needed_file("INGOT_TEST_KERNEL", "", "a kernel");
  const fs::path busybox = needed_file("INGOT_TEST_BUSYBOX", "/bin/busybox", "a static busybox");
  needed_file("INGOT_TEST_FIRMWARE", "/usr/share/OVMF/OVMF_CODE_4M.fd", "UEFI firmware");
  if (os::read_file(busybox).find("/ld-linux") != std::string::npos) {
    skip("busybox is not a static program");
  }

  const os::TempDir folder("uki test");
  os::write_file(folder.path() / "first.cpio", first_initrd(busybox));
  os::write_file(folder.path() / "second.cpio", second_initrd());
  fs::create_directory(folder.path() / "tree");

  disk::DiskRequest request;
  request.spec = {.size = 512_MiB, .esp_size = 128_MiB, .seed = crypto::digest_of("uki test")};
  const disk::Layout layout = disk::plan_layout(request.spec);
  const std::string line =
      boot::kernel_line({layout.root_word(), "console=ttyS0", "panic=-1", "quiet"});
  boot::UkiRequest uki{.stub = stub,
                       .kernel = kernel,
                       .initrds = {folder.path() / "first.cpio", folder.path() / "second.cpio"},
                       .kernel_line = line,
                       .os_release = "ID=ingot-test\nVERSION_ID=1\n",
                       .uname = "6.0-test",
                       .sbat = "",
                       .output = folder.path() / "node.efi"};
  boot::write_uki(uki);
  const Sha256 first = crypto::digest_of_file(uki.output);
  boot::write_uki(uki);
  CHECK(crypto::digest_of_file(uki.output) == first);
  CHECK(boot::read_uki_section(uki.output, ".cmdline") == line);
  CHECK(boot::read_uki_section(uki.output, ".osrel") == uki.os_release);

  request.esp_files = {{"EFI/BOOT/BOOTX64.EFI", uki.output}};
  request.epoch = 1'700'000'000;
  request.root = disk::folder_content(folder.path() / "tree", request.epoch);
  request.output = folder.path() / "disk.raw";
  disk::write_disk(request);

  const std::string serial = boot_disk(folder.path(), request.output);
  INFO(serial);
  const std::size_t at = serial.find(marker);
  REQUIRE(at != std::string::npos);
  CHECK(serial.find(layout.root_word(), at) != std::string::npos);
}
