// SPDX-License-Identifier: Apache-2.0
#include "disk/qcow2.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t cluster = 65536;

std::string noise(std::size_t size) {
  std::string bytes;
  for (std::uint64_t i = 0; bytes.size() < size; ++i) {
    const Sha256 digest = crypto::FieldHasher("test.qcow2").field(i).finish();
    bytes.append(digest.bytes().begin(), digest.bytes().end());
  }
  bytes.resize(size);
  return bytes;
}

void write_at(const fs::path& file, std::uint64_t offset, const std::string& bytes) {
  const os::Fd fd = os::open_file(file, O_WRONLY);
  REQUIRE(::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)) ==
          static_cast<ssize_t>(bytes.size()));
}

/// 3 GiB and a half cluster: text, noise, written zeros, holes, over several tables.
fs::path sample_disk(const fs::path& folder) {
  const fs::path raw = folder / "disk.raw";
  os::write_file(raw, "");
  fs::resize_file(raw, (std::uint64_t{3} << 30) + cluster / 2);
  write_at(raw, 0, std::string(200'000, 't'));
  write_at(raw, cluster * 10 + 7, noise(cluster * 300));
  write_at(raw, std::uint64_t{1} << 30, std::string(5 * cluster, '\0'));
  write_at(raw, (std::uint64_t{2} << 30) - 100, std::string(1000, 'x') + noise(70'000));
  write_at(raw, (std::uint64_t{3} << 30) + cluster / 2 - 512, noise(512));
  return raw;
}

}  // namespace

TEST_CASE("qemu-img finds our qcow2 whole and equal to its disk") {
  test::need_programs({"qemu-img"});
  const os::TempDir folder("qcow2");
  const fs::path raw = sample_disk(folder.path());
  const fs::path image = folder.path() / "disk.qcow2";
  disk::write_qcow2(raw, image);
  CHECK(fs::file_size(image) < cluster * 320);
  const os::Outcome checked = test::run_host("qemu-img", {"check", image.string()});
  INFO(checked.output);
  CHECK(checked.ok());
  CHECK(checked.output.find("No errors were found") != std::string::npos);
  const os::Outcome compared = test::run_host(
      "qemu-img", {"compare", "-f", "raw", "-F", "qcow2", raw.string(), image.string()});
  INFO(compared.output);
  CHECK(compared.ok());
}

TEST_CASE("a qcow2 depends neither on holes nor on the number of threads") {
  test::need_programs({"cp"});
  const os::TempDir folder("qcow2");
  const fs::path raw = sample_disk(folder.path());
  const fs::path filled = folder.path() / "filled.raw";
  REQUIRE(test::run_host("cp", {"--sparse=never", raw.string(), filled.string()}).ok());
  disk::write_qcow2(raw, folder.path() / "one", {.level = 3, .workers = 1});
  disk::write_qcow2(filled, folder.path() / "many", {.level = 3, .workers = 5});
  CHECK(crypto::digest_of_file(folder.path() / "one") ==
        crypto::digest_of_file(folder.path() / "many"));
}

TEST_CASE("an empty disk is a qcow2 as well, and what is no disk is refused") {
  test::need_programs({"qemu-img"});
  const os::TempDir folder("qcow2");
  const fs::path raw = folder.path() / "empty.raw";
  os::write_file(raw, "");
  fs::resize_file(raw, 1 << 20);
  disk::write_qcow2(raw, folder.path() / "empty.qcow2");
  CHECK(test::run_host("qemu-img", {"check", (folder.path() / "empty.qcow2").string()}).ok());
  CHECK(test::run_host("qemu-img",
                       {"compare", raw.string(), (folder.path() / "empty.qcow2").string()})
            .ok());
  os::write_file(raw, "no sector");
  REQUIRE_THROWS(disk::write_qcow2(raw, folder.path() / "refused"));
  CHECK_FALSE(fs::exists(folder.path() / "refused"));
}
