// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "boot/kernel_line.hpp"
#include "boot/uki.hpp"
#include "os/file.hpp"
#include "os/process.hpp"
#include "run/boot_test.hpp"
#include "support/catch.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

[[noreturn]] void skip(const std::string& reason) {
  std::printf("skipped: %s\n", reason.c_str());
  std::exit(77);
}

const os::Environment& environment() {
  static const os::Environment of_process = os::Environment::of_process();
  return of_process;
}

fs::path needed_file(std::string_view variable, const fs::path& fallback, const char* what) {
  const fs::path path = environment().get_or(variable, fallback.string());
  if (path.empty() || !fs::exists(path)) {
    skip(std::string(what) + " is missing; " + std::string(variable) + " can name one");
  }
  return path;
}

/// Leaves before anything was made when something is missing here.
os::TempDir folder_where_possible() {
  needed_file("INGOT_TEST_FIRMWARE", "/usr/share/OVMF/OVMF_CODE_4M.fd", "UEFI firmware");
  needed_file("INGOT_TEST_STUB", "/usr/lib/systemd/boot/efi/linuxx64.efi.stub", "a UEFI stub");
  needed_file("INGOT_TEST_KERNEL", "", "a kernel");
  const fs::path busybox = needed_file("INGOT_TEST_BUSYBOX", "/bin/busybox", "a static busybox");
  if (os::read_file(busybox).find("/ld-linux") != std::string::npos) skip("busybox is not static");
  if (!os::find_program(environment(), "qemu-system-x86_64")) skip("no QEMU");
  return os::TempDir("boot test");
}

/// What lets the node see its report port, in the order of loading, where the kernel has it as
/// modules; copied to the top of `tree`.
std::vector<std::string> add_modules(const fs::path& tree) {
  const fs::path kernel = needed_file("INGOT_TEST_KERNEL", "", "a kernel");
  const fs::path modules = kernel.parent_path().parent_path() / "lib/modules";
  std::map<std::string, fs::path> found;
  if (fs::is_directory(modules)) {
    for (const auto& entry : fs::recursive_directory_iterator(modules)) {
      if (entry.is_regular_file()) found[entry.path().filename()] = entry.path();
    }
  }
  std::vector<std::string> names;
  for (const char* name : {"virtio_ring", "virtio", "virtio_pci_legacy_dev",
                           "virtio_pci_modern_dev", "virtio_pci", "virtio_console"}) {
    const auto module = found.find(std::string(name) + ".ko");
    if (module == found.end()) continue;
    fs::copy_file(module->second, tree / module->first);
    names.push_back(module->first);
  }
  return names;
}

/// A release whose node is an initrd with busybox that runs `work`; $PORT is the report port.
fs::path write_release(const fs::path& folder, const std::string& work) {
  const fs::path busybox = needed_file("INGOT_TEST_BUSYBOX", "/bin/busybox", "a static busybox");
  const fs::path tree = folder / "tree";
  fs::create_directories(tree / "bin");
  fs::copy_file(busybox, tree / "bin/busybox");
  const std::vector<std::string> modules = add_modules(tree);
  std::string load;
  std::string listed = "bin\nbin/busybox\ninit\n";
  for (const std::string& module : modules) {
    load += "$bb insmod /" + module + "\n";
    listed += module + "\n";
  }
  os::write_file(tree / "init",
                 "#!/bin/busybox sh\n"
                 "bb=/bin/busybox\n"
                 "$bb mkdir -p /proc /sys /dev\n"
                 "$bb mount -t proc proc /proc\n"
                 "$bb mount -t sysfs sysfs /sys\n"
                 "$bb mount -t devtmpfs devtmpfs /dev\n" +
                     load +
                     "for attempt in 1 2 3 4 5 6 7 8 9 10; do\n"
                     "  for port in /sys/class/virtio-ports/*; do\n"
                     "    if [ \"$($bb cat $port/name)\" = org.ingot.selftest ]; then\n"
                     "      PORT=/dev/${port##*/}\n"
                     "      break 2\n"
                     "    fi\n"
                     "  done\n"
                     "  $bb sleep 1\n"
                     "done\n" +
                     work + "\n$bb sleep 600\n",
                 0755);
  os::Command pack;
  pack.program = "busybox";
  pack.args = {"cpio", "-o", "-H", "newc", "-F", (folder / "initrd").string()};
  pack.cwd = tree;
  pack.stdin_text = listed;
  pack.why = "pack the test's initrd";
  os::require(os::SystemRunner(), pack);

  const fs::path release = folder / "tiny-1";
  fs::create_directory(release);
  os::write_file(release / "tiny-1.root.squashfs", "nobody asks for it");
  boot::write_uki(
      {.stub = needed_file("INGOT_TEST_STUB", "/usr/lib/systemd/boot/efi/linuxx64.efi.stub",
                           "a UEFI stub"),
       .kernel = needed_file("INGOT_TEST_KERNEL", "", "a kernel"),
       .initrds = {folder / "initrd"},
       .kernel_line = boot::kernel_line({"console=ttyS0", "panic=-1"}),
       .os_release = "ID=ingot-test\nVERSION_ID=1\n",
       .uname = "6.0-test",
       .sbat = "",
       .output = release / "tiny-1.efi"});
  return release;
}

run::BootResult boot_node(const os::TempDir& folder, const std::string& work) {
  run::BootTestRequest request;
  request.release = write_release(folder.path(), work);
  request.accelerator = boot::AcceleratorChoice::tcg;
  request.timeout = std::chrono::minutes(4);
  request.memory = 512_MiB;
  test::RecordingReport report;
  auto results = run::test_release(request, environment(), report);
  REQUIRE(results.size() == 1);
  INFO(os::read_file(results.front().folder / "serial.log"));
  CHECK_FALSE(fs::exists(results.front().folder / "machine"));
  return std::move(results.front());
}

std::string report_of(const std::string& verdict) {
  return format(R"({{"schema":"ingot/selftest/v1","verdict":"{}","image":"tiny",)"
                R"("checks":[{{"id":"os.boot","outcome":"{}","severity":"F","reason":"x"}}]}})",
                verdict, verdict);
}

}  // namespace

TEST_CASE("a node that reports pass passes, and the bytes that were booted are on record") {
  const os::TempDir folder = folder_where_possible();
  const auto result = boot_node(folder, "echo '" + report_of("pass") + "' >$PORT");
  CHECK(result.record.judged.verdict == run::BootClass::passed);
  const auto verdict = nlohmann::json::parse(os::read_file(result.folder / "verdict.json"));
  CHECK(verdict.at("class") == "passed");
  CHECK(verdict.at("files").at(0).at("sha256") ==
        crypto::digest_of_file(folder.path() / "tiny-1/tiny-1.efi").hex());
  CHECK(os::read_file(result.folder / "report.json") == report_of("pass") + "\n");
}

TEST_CASE("a node that reports fail fails the test") {
  const os::TempDir folder = folder_where_possible();
  const auto result = boot_node(folder, "echo '" + report_of("fail") + "' >$PORT");
  CHECK(result.record.judged.verdict == run::BootClass::test_failed);
  CHECK(result.summary.find("os.boot") != std::string::npos);
}

TEST_CASE("a node that panics is told at once") {
  const os::TempDir folder = folder_where_possible();
  const auto result = boot_node(folder, "exit 1");
  CHECK(result.record.judged.verdict == run::BootClass::kernel_panic);
  CHECK(result.record.took < std::chrono::minutes(4));
}
