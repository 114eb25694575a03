// SPDX-License-Identifier: Apache-2.0
#include "run/disk_comparison.hpp"

#include <filesystem>
#include <string>

#include "archive/listing.hpp"
#include "crypto/hasher.hpp"
#include "disk/gpt.hpp"
#include "run/node_changes.hpp"
#include "support/catch.hpp"
#include "support/fake_guest.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t epoch = 1'700'000'000;

std::vector<archive::ListedFile> list_of(const fs::path& tree) {
  crypto::Hasher hasher;
  return archive::list_tree(tree, epoch,
                            {[&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
                             [&] { return hasher.finish(); }});
}

/// A described disk, and a guest that holds just that.
struct Sample {
  os::TempDir folder{"disk comparison"};
  disk::DiskDescription description;
  std::vector<archive::ListedFile> files;
  test::FakeGuest guest;

  Sample() {
    const fs::path esp = folder.path() / "esp/EFI/BOOT";
    const fs::path root = folder.path() / "root";
    fs::create_directories(esp);
    fs::create_directories(root / "etc");
    os::write_file(esp / "BOOTX64.EFI", "uki");
    os::write_file(root / "etc/passwd", "root");
    os::write_file(root / "etc/machine-id", "");
    description = disk::describe_disk(
        {.spec = {.size = 512_MiB, .esp_size = 64_MiB, .seed = crypto::digest_of("image")},
         .esp_files = {{"EFI/BOOT/BOOTX64.EFI", esp / "BOOTX64.EFI"}},
         .root = {},
         .epoch = epoch,
         .output = {}});
    files = list_of(root);
    guest.latest_mtime = epoch;
    guest.trees = {{1, folder.path() / "esp"}, {2, root}};
    guest.answer = {description.size, "gpt", description.id.text(), {}};
    disk::GptTable table{description.id, description.size.count / 512, {}};
    for (const disk::DescribedPartition& each : description.partitions) {
      const int number = static_cast<int>(guest.answer.partitions.size()) + 1;
      guest.answer.partitions.push_back({number, each.entry.type.text(), each.entry.id.text(),
                                         each.entry.name, each.entry.offset(), each.entry.size()});
      guest.file_systems[number] = {each.file_system, each.uuid, "label"};
      table.partitions.push_back(each.entry);
    }
    write_table(table);
  }

  void write_table(const disk::GptTable& table) {
    const disk::GptBytes bytes = disk::encode_gpt(table);
    guest.front.assign(bytes.front.begin(), bytes.front.end());
    guest.back.assign(bytes.back.begin(), bytes.back.end());
  }

  std::vector<std::string> lines() {
    test::RecordingReport report;
    std::vector<std::string> all;
    for (const auto& each : run::compare_disk(guest, description, files, report).differences) {
      all.push_back(run::line_of(each));
    }
    return all;
  }

  fs::path root() const { return folder.path() / "root"; }
};

bool has(const std::vector<std::string>& lines, const std::string& start) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(start); });
}

}  // namespace

TEST_CASE("a disk as it was described has no difference") {
  Sample sample;
  fs::create_directory(sample.root() / "lost+found");
  fs::permissions(sample.root() / "lost+found", fs::perms::owner_all);
  // The folder's time is that of the epoch, whatever was made in it since.
  for (const std::string& line : sample.lines()) {
    INFO(line);
    // As an ordinary user the folder is not root's, and so is one too many.
    CHECK(line.starts_with("partition 2: /lost+found: added"));
  }
}

TEST_CASE("a changed byte, a mode and an added file are named by their paths") {
  Sample sample;
  os::write_file(sample.root() / "etc/passwd", "toor", 0666);
  os::write_file(sample.root() / "etc/new file", "");
  const auto lines = sample.lines();
  CHECK(lines.size() == 3);
  CHECK(has(lines, "partition 2: /etc/passwd: mode: 0644 expected, 0666 found"));
  CHECK(has(lines, "partition 2: /etc/passwd: content: sha256 "));
  CHECK(has(lines, "partition 2: /etc/new\\040file: added: file 0644"));
}

TEST_CASE("another UKI, and files beside it, are named") {
  Sample sample;
  os::write_file(sample.folder.path() / "esp/EFI/BOOT/BOOTX64.EFI", "iku");
  os::write_file(sample.folder.path() / "esp/EFI/shell.efi", "more");
  const auto lines = sample.lines();
  CHECK(lines.size() == 2);
  CHECK(has(lines, "partition 1: /EFI/BOOT/BOOTX64.EFI: content"));
  CHECK(has(lines, "partition 1: /EFI/shell.efi: added"));
}

TEST_CASE("a partition that was resized, removed or added is named") {
  Sample sample;
  sample.guest.answer.partitions[1].size.count -= 4096;
  CHECK(has(sample.lines(), "partition 2: size: "));
  sample.guest.answer.partitions.push_back({3, "t", "i", "n", 0, {1}});
  CHECK(has(sample.lines(), "partition 3: added: t at 0, 1 bytes found"));
  sample.guest.answer.partitions.erase(sample.guest.answer.partitions.begin() + 1);
  CHECK(has(sample.lines(), "partition 2: missing: root expected"));
}

TEST_CASE("attribute bits and a broken second table are named") {
  Sample sample;
  disk::GptTable table{sample.description.id, sample.description.size.count / 512, {}};
  for (const auto& each : sample.description.partitions) table.partitions.push_back(each.entry);
  table.partitions[1].attributes = 0;
  sample.write_table(table);
  CHECK(has(sample.lines(), "partition 2: attributes: 0x800000000000000 expected, 0x0 found"));
  sample.guest.back[600] = 'x';
  CHECK(has(sample.lines(), "disk: table: two whole and equal copies expected"));
}

TEST_CASE("a file system that cannot be read, or is another one, is a difference") {
  Sample sample;
  sample.guest.trees.erase(2);
  sample.guest.file_systems[1].uuid = "0000-0000";
  const auto lines = sample.lines();
  CHECK(has(lines, "partition 1: UUID: "));
  CHECK(has(lines, "partition 2: content: readable expected, cannot mount partition 2 found"));
}

TEST_CASE("what nodes write is told apart from what nobody should") {
  const auto allowed = [](const std::string& where, const std::string& what,
                          const std::string& expected = "", const std::string& found = "") {
    return run::node_change({where, 2, what, expected, found}).has_value();
  };
  CHECK(allowed("/etc/machine-id", "content"));
  CHECK(allowed("/etc/ssh/ssh_host_rsa_key", "added"));
  CHECK(allowed("/etc/ssh", "time"));
  CHECK(allowed("/var/log/journal/x", "added"));
  CHECK(allowed("partition 2", "size", "99 bytes", "100 bytes"));
  CHECK_FALSE(allowed("/etc/ssh", "mode"));
  CHECK_FALSE(allowed("/etc/ssh/sshd_config", "content"));
  CHECK_FALSE(allowed("/etc/passwd", "content"));
  CHECK_FALSE(allowed("/root/.ssh/authorized_keys", "added"));
  CHECK_FALSE(allowed("/var/lib/dpkg/status", "content"));
  CHECK_FALSE(allowed("/variable", "added"));
  CHECK_FALSE(allowed("partition 2", "size", "100 bytes", "99 bytes"));
  CHECK_FALSE(allowed("partition 2", "start", "byte 1", "byte 10"));
}
