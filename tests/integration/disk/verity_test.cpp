// SPDX-License-Identifier: Apache-2.0
#include "disk/verity.hpp"

#include <fcntl.h>

#include <filesystem>

#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"

using namespace ingot;

namespace {

disk::VeritySpec sample() {
  return {.salt = crypto::digest_of("salt"),
          .uuid = disk::Guid::from_text("d0c3b6a2-5f1e-8d41-9a77-0123456789ab"),
          .workers = 0};
}

/// 4999 blocks, two levels of which neither is full.
std::string sample_bytes() {
  std::string bytes;
  for (std::uint64_t i = 0; bytes.size() < std::size_t{4999} * 4096; ++i) {
    const Sha256 digest = crypto::FieldHasher("test.verity").field(i).finish();
    bytes.append(digest.bytes().begin(), digest.bytes().end());
  }
  return bytes;
}

std::vector<std::string> arguments_for(const std::string& verb, const std::filesystem::path& image,
                                       const disk::Verity& verity) {
  return {verb, image.string(), image.string(), verity.root_hash.hex(),
          "--hash-offset=" + std::to_string(verity.hash_offset)};
}

}  // namespace

TEST_CASE("veritysetup accepts our tree, and refuses it after one flipped byte") {
  test::need_programs({"veritysetup"});
  const os::TempDir folder("verity");
  const std::filesystem::path image = folder.path() / "image";
  std::string content = sample_bytes();
  os::write_file(image, content);
  const disk::Verity verity =
      disk::append_verity(os::open_file(image, O_RDWR).get(), image, sample());
  CHECK(test::run_host("veritysetup", arguments_for("verify", image, verity)).ok());

  std::string bytes = os::read_file(image);
  bytes[content.size() / 2] = static_cast<char>(bytes[content.size() / 2] ^ 1);
  os::write_file(image, bytes);
  CHECK_FALSE(test::run_host("veritysetup", arguments_for("verify", image, verity)).ok());
}

TEST_CASE("veritysetup makes the same tree of the same data, salt and UUID") {
  test::need_programs({"veritysetup"});
  const os::TempDir folder("verity");
  const std::filesystem::path ours = folder.path() / "ours";
  const std::filesystem::path theirs = folder.path() / "theirs";
  os::write_file(ours, sample_bytes());
  os::write_file(theirs, sample_bytes());
  const disk::Verity verity =
      disk::append_verity(os::open_file(ours, O_RDWR).get(), ours, sample());
  REQUIRE(test::run_host("veritysetup",
                         {"format", theirs.string(), theirs.string(), "--hash=sha256",
                          "--data-blocks=" + std::to_string(verity.data_blocks),
                          "--hash-offset=" + std::to_string(verity.hash_offset),
                          "--salt=" + sample().salt.hex(), "--uuid=" + sample().uuid.text()})
              .ok());
  CHECK(crypto::digest_of_file(ours) == crypto::digest_of_file(theirs));
}
