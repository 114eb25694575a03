// SPDX-License-Identifier: Apache-2.0
#include "archive/listing.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <filesystem>
#include <string>

#include "archive/sink.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t epoch = 1'700'000'000;

/// No digest of this room's, but one that sees every byte: FNV-1a.
class Sum {
public:
  archive::ContentDigest digest() {
    return {[this](std::span<const std::uint8_t> bytes) {
              for (const std::uint8_t byte : bytes) sum_ = (sum_ ^ byte) * 0x100000001b3;
            },
            [this] {
              std::array<std::uint8_t, 32> bytes{};
              for (std::size_t i = 0; i < 8; ++i)
                bytes[i] = static_cast<std::uint8_t>(sum_ >> (8 * i));
              sum_ = 1;
              return Sha256(bytes);
            }};
  }

private:
  std::uint64_t sum_ = 1;
};

void make_tree(const fs::path& tree) {
  fs::create_directories(tree / "etc/deep folder");
  os::write_file(tree / "etc/b", "hello");
  os::write_file(tree / "etc/empty", "");
  os::write_file(tree / "etc/F\xc5\x91 \xff", std::string(700'000, 'x'), 04755);
  fs::create_hard_link(tree / "etc/b", tree / "a");
  fs::create_symlink("/etc/b", tree / "etc/link");
  ::mkfifo((tree / "pipe").c_str(), 0600);
  ::setxattr((tree / "etc/b").c_str(), "user.note", "kept", 4, 0);
}

fs::path tar_of(const fs::path& tree, const fs::path& target) {
  os::AtomicFile file(target);
  archive::FdSink sink(file.fd(), target);
  archive::write_tree(tree, sink, {.latest_mtime = epoch});
  sink.finish();
  file.commit();
  return target;
}

}  // namespace

TEST_CASE("a tree and the tar archive of it have the same list", "[archive]") {
  const os::TempDir folder("listing test");
  make_tree(folder.path() / "tree");
  Sum sum;
  const auto tree = archive::list_tree(folder.path() / "tree", epoch, sum.digest());
  const os::Fd tar = os::open_file(tar_of(folder.path() / "tree", folder.path() / "tar"), O_RDONLY);
  const auto members = archive::list_tar(tar.get(), sum.digest());
  CHECK(archive::file_list_text(tree) == archive::file_list_text(members));
  REQUIRE(tree.size() == 9);
  CHECK(tree[0].path == ".");
  CHECK(tree[1].path == "a");
  CHECK(tree[1].links == 2);
  CHECK(tree[4].path == "etc/b");
  CHECK(tree[4].hard_link == "a");
  CHECK(tree[4].digest == tree[1].digest);
  for (const archive::ListedFile& file : tree) CHECK(file.mtime <= epoch);
}

TEST_CASE("a tar stream above the limits is not listed", "[archive]") {
  const os::TempDir folder("listing test");
  make_tree(folder.path() / "tree");
  const fs::path path = tar_of(folder.path() / "tree", folder.path() / "tar");
  Sum sum;
  const os::Fd many = os::open_file(path, O_RDONLY);
  CHECK_THROWS_AS(archive::list_tar(many.get(), sum.digest(), {.entries = 3}), Error);
  const os::Fd large = os::open_file(path, O_RDONLY);
  CHECK_THROWS_AS(archive::list_tar(large.get(), sum.digest(), {.entries = 100, .bytes = 1000}),
                  Error);
}

TEST_CASE("a tar stream that ends early is not listed", "[archive]") {
  const os::TempDir folder("listing test");
  make_tree(folder.path() / "tree");
  const fs::path path = tar_of(folder.path() / "tree", folder.path() / "tar");
  fs::resize_file(path, 300'000);
  Sum sum;
  const os::Fd cut = os::open_file(path, O_RDONLY);
  CHECK_THROWS_AS(archive::list_tar(cut.get(), sum.digest()), Error);
}

TEST_CASE("a tree can be listed without reading content", "[archive]") {
  const os::TempDir folder("listing test");
  make_tree(folder.path() / "tree");
  Sum sum;
  auto whole = archive::list_tree(folder.path() / "tree", epoch, sum.digest());
  for (archive::ListedFile& file : whole) file.digest.reset();
  CHECK(archive::list_tree_names(folder.path() / "tree", epoch) == whole);
}
