// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "archive/listing.hpp"
#include "crypto/hasher.hpp"
#include "disk/description.hpp"
#include "disk/gpt.hpp"
#include "disk/sample_tree.hpp"
#include "guest/appliance.hpp"
#include "guest/session.hpp"
#include "os/file.hpp"
#include "run/disk_comparison.hpp"
#include "run/inspection.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t epoch = 1'700'000'000;

[[noreturn]] void skip(const std::string& reason) {
  std::printf("skipped: %s\n", reason.c_str());
  std::exit(77);
}

/// INGOT_TEST_APPLIANCE_KERNEL (a folder with boot/vmlinuz-* and lib/modules/*), else the kernel
/// that ci/setup unpacks, else one of the host's.
std::optional<guest::ApplianceKernel> kernel_to_boot() {
  const std::string named =
      os::Environment::of_process().get_or("INGOT_TEST_APPLIANCE_KERNEL", INGOT_TEST_KERNEL);
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(fs::path(named) / "boot", failed)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("vmlinuz-")) continue;
    const std::string release = name.substr(8);
    return guest::ApplianceKernel{entry.path(), fs::path(named) / "lib/modules" / release, release};
  }
  return std::nullopt;
}

const fs::path& appliance() {
  static const os::TempDir folder("guest appliance", "/var/tmp");
  static const fs::path made = [] {
    test::need_programs({"supermin", "qemu-system-x86_64", "mke2fs", "debugfs", "sfdisk", "dd"});
    if (!fs::exists("/lib/modules")) skip("no folder /lib/modules; ci/setup makes it");
    const auto kernel = kernel_to_boot();
    if (!kernel && fs::is_empty("/lib/modules")) skip("no kernel; ci/setup unpacks one");
    guest::make_appliance(os::SystemRunner(), kernel, folder.path() / "made");
    return folder.path() / "made";
  }();
  return made;
}

std::vector<archive::ListedFile> list_of(const fs::path& tree) {
  crypto::Hasher hasher;
  return archive::list_tree(tree, epoch,
                            {[&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
                             [&] { return hasher.finish(); }});
}

/// A disk as releases have one, small.
struct Sample {
  os::TempDir folder{"guest test"};
  fs::path disk = folder.path() / "disk with space.raw";
  disk::DiskDescription description;
  std::vector<archive::ListedFile> files;

  Sample() {
    test::make_sample_tree(folder.path() / "tree", test::Order::forward);
    os::write_file(folder.path() / "tree/etc/F\xc5\x91 \xff", "name of any bytes");
    os::write_file(folder.path() / "tree/usr/lib/os-release",
                   "ID=debian\nPRETTY_NAME=\"Sample 1\"\n");
    os::write_file(folder.path() / "uki", std::string(100'000, 'u'));
    const disk::DiskRequest request{
        .spec = {.size = 512_MiB, .esp_size = 64_MiB, .seed = crypto::digest_of("image")},
        .esp_files = {{"EFI/BOOT/BOOTX64.EFI", folder.path() / "uki"}},
        .root = disk::folder_content(folder.path() / "tree", epoch),
        .epoch = epoch,
        .output = disk};
    disk::write_disk(request);
    description = disk::describe_disk(request);
    files = list_of(folder.path() / "tree");
  }

  /// Carries out debugfs commands inside the root file system of the disk.
  void tamper(const std::string& commands) {
    const disk::Partition& root = description.partitions[1].entry;
    const fs::path part = folder.path() / "part";
    const std::string first = std::to_string(root.offset() >> 20);
    REQUIRE(test::run_host("dd",
                           {"if=" + disk.string(), "of=" + part.string(), "bs=1M", "skip=" + first,
                            "conv=sparse", "count=" + std::to_string(root.size().count >> 20)})
                .ok());
    os::write_file(folder.path() / "commands", commands);
    const os::Outcome changed = test::run_host(
        "debugfs", {"-w", "-f", (folder.path() / "commands").string(), part.string()});
    INFO(changed.output);
    REQUIRE(changed.ok());
    REQUIRE(test::run_host("dd", {"if=" + part.string(), "of=" + disk.string(), "bs=1M",
                                  "seek=" + first, "conv=notrunc"})
                .ok());
  }

  template <class Look>
  void open(Look look) {
    test::RecordingReport report;
    guest::Session session({.disk = disk,
                            .format = guest::disk_format_of(disk),
                            .appliance = appliance(),
                            .acceleration = guest::Acceleration::emulated,
                            .scratch = folder.path(),
                            .memory = 768_MiB},
                           report);
    look(session);
    session.close();
  }

  std::vector<std::string> differences() {
    std::vector<std::string> lines;
    test::RecordingReport report;
    open([&](guest::Guest& guest) {
      for (const auto& each : run::compare_disk(guest, description, files, report).differences) {
        lines.push_back(run::line_of(each));
      }
    });
    return lines;
  }
};

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

bool has(const std::vector<std::string>& lines, const std::string& start) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(start); });
}

}  // namespace

TEST_CASE("a disk that nobody touched is read back as it was described, also as qcow2") {
  (void)appliance();
  Sample sample;
  const Sha256 before = crypto::digest_of_file(sample.disk);
  run::Inspection found;
  std::vector<std::string> lines;
  test::RecordingReport report;
  sample.open([&](guest::Guest& guest) {
    found = run::inspect_disk(guest);
    for (const auto& each :
         run::compare_disk(guest, sample.description, sample.files, report).differences) {
      lines.push_back(run::line_of(each));
    }
  });
  CHECK(joined_lines(lines).empty());
  CHECK(found.table.kind == "gpt");
  CHECK(found.os_name == "Sample 1");
  CHECK(found.root == 2);
  REQUIRE(found.esp_files.size() == 1);
  CHECK(found.esp_files[0].path == "EFI/BOOT/BOOTX64.EFI");
  // Reading has left no trace.
  CHECK(crypto::digest_of_file(sample.disk) == before);

  const fs::path qcow2 = sample.folder.path() / "disk.qcow2";
  REQUIRE(test::run_host("qemu-img", {"convert", "-f", "raw", "-O", "qcow2", sample.disk.string(),
                                      qcow2.string()})
              .ok());
  sample.disk = qcow2;
  CHECK(joined_lines(sample.differences()).empty());
}

TEST_CASE("a changed byte, a mode and an added file inside the disk are named") {
  (void)appliance();
  Sample sample;
  const std::string other = "file5" + std::string(4999, 'x') + "y";
  os::write_file(sample.folder.path() / "other", other);
  REQUIRE(other.size() == fs::file_size(sample.folder.path() / "tree/etc/file5"));
  const auto write = [&](const std::string& source, const std::string& name) {
    return "write \"" + (sample.folder.path() / source).string() + "\" " + name + "\n";
  };
  sample.tamper("cd /etc\nrm file5\n" + write("other", "file5") +
                "set_inode_field file6 mode 0104777\n" + write("uki", "added"));
  const auto lines = sample.differences();
  INFO(joined_lines(lines));
  CHECK(has(lines, "partition 2: /etc/file5: content: sha256 "));
  CHECK(has(lines, "partition 2: /etc/file6: mode: 0644 expected, 4777 found"));
  CHECK(has(lines, "partition 2: /etc/added: added: file "));
  CHECK_FALSE(has(lines, "partition 1"));
  CHECK_FALSE(has(lines, "partition 2: /etc/file7"));
}

TEST_CASE("a partition that was resized is named") {
  (void)appliance();
  Sample sample;
  const disk::Partition& root = sample.description.partitions[1].entry;
  os::Command command;
  command.program = "sfdisk";
  command.args = {"--no-reread", "--no-tell-kernel", "-N", "2", sample.disk.string()};
  command.stdin_text = std::to_string(root.first.number) + "," +
                       std::to_string(root.size().count / 512 - 2048) + "\n";
  const os::Outcome resized = os::SystemRunner().run(command);
  INFO(resized.output);
  REQUIRE(resized.ok());
  const auto lines = sample.differences();
  INFO(joined_lines(lines));
  CHECK(has(lines, "partition 2: size: "));
}
