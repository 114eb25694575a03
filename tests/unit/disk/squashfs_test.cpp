// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs.hpp"

#include <fcntl.h>

#include <set>
#include <string>

#include "archive/listing.hpp"
#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/seeded_text.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

fs::path make_tree(const fs::path& tree) {
  for (unsigned i = 0; i < 120; ++i) {
    os::write_file(tree / ("dir" + std::to_string(i % 5)) / ("f" + std::to_string(i)),
                   test::seeded_text(i * 97 % 3000, i));
  }
  os::write_file(tree / "large", test::seeded_text(50'000, 1));
  os::write_file(tree / "zeros", std::string(20'000, '\0'));
  os::write_file(tree / "holes", test::seeded_text(5'000, 2));
  fs::resize_file(tree / "holes", 100'000);
  fs::create_symlink("large", tree / "link");
  fs::create_hard_link(tree / "dir1/f1", tree / "dir2/again");
  return tree;
}

std::vector<archive::ListedFile> list_of(const fs::path& tree) {
  crypto::Hasher hasher;
  return archive::list_tree(tree, 1'700'000'000,
                            {[&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
                             [&] { return hasher.finish(); }});
}

struct Written {
  std::string bytes;
  disk::SquashfsImage image;
};

Written write(const fs::path& tree, const fs::path& target, const archive::Recall& recall = {},
              unsigned workers = 2, const archive::OpenContent& open = {}) {
  const auto files = list_of(tree);
  os::AtomicFile file(target);
  Written written;
  written.image = disk::write_squashfs(files, open ? open : archive::content_below(tree), recall,
                                       {.epoch = 1'700'000'000, .block = 4096, .workers = workers},
                                       file.fd(), target);
  file.commit();
  written.bytes = os::read_file(target);
  return written;
}

archive::Recall recall_of(const fs::path& path, const Written& written) {
  return archive::recall_from(std::make_shared<os::Fd>(os::open_file(path, O_RDONLY)), path,
                              written.image.pieces);
}

std::size_t fresh(const Written& before, const Written& after) {
  std::set<Sha256> known;
  for (const archive::Piece& piece : before.image.pieces) known.insert(piece.key);
  std::size_t count = 0;
  for (const archive::Piece& piece : after.image.pieces)
    count += known.contains(piece.key) ? 0U : 1U;
  return count;
}

template <class Number>
Number field(const Written& written, std::size_t at) {
  const std::vector<std::uint8_t> head(written.bytes.begin(), written.bytes.begin() + 96);
  return load_le<Number>(head, at);
}

}  // namespace

TEST_CASE("a squashfs superblock tells sizes, time and places of tables", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written written = write(tree, folder.path() / "image");
  CHECK(field<std::uint32_t>(written, 0) == 0x73717368);
  CHECK(field<std::uint32_t>(written, 4) == 1 + 5 + 120 + 4);
  CHECK(field<std::uint32_t>(written, 8) == 1'700'000'000);
  CHECK(field<std::uint32_t>(written, 12) == 4096);
  CHECK(field<std::uint16_t>(written, 20) == 6);
  CHECK(field<std::uint16_t>(written, 22) == 12);
  CHECK(field<std::uint16_t>(written, 24) == 0x640);
  CHECK(field<std::uint16_t>(written, 28) == 4);
  const auto used = field<std::uint64_t>(written, 40);
  CHECK(written.image.size == written.bytes.size());
  CHECK(written.bytes.size() == (used + 4095) / 4096 * 4096);
  CHECK(field<std::uint64_t>(written, 56) == ~std::uint64_t{0});
  CHECK(field<std::uint64_t>(written, 64) < field<std::uint64_t>(written, 72));
  CHECK(field<std::uint64_t>(written, 72) < field<std::uint64_t>(written, 80));
  CHECK(field<std::uint64_t>(written, 80) < field<std::uint64_t>(written, 48));
}

TEST_CASE("pieces lie one behind another, and zeros take no room", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written written = write(tree, folder.path() / "image");
  std::uint64_t end = 96 + 6;
  std::size_t empty = 0;
  for (const archive::Piece& piece : written.image.pieces) {
    CHECK(piece.offset == end);
    end += piece.size;
    if (piece.size == 0) ++empty;
  }
  CHECK(end == field<std::uint64_t>(written, 64));
  CHECK(empty == 1);
  CHECK(written.bytes.size() < 150'000);
}

TEST_CASE("the number of workers changes no byte of a squashfs", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written first = write(tree, folder.path() / "1", {}, 1);
  const Written second = write(tree, folder.path() / "2", {}, 8);
  CHECK((first.bytes == second.bytes));
  CHECK(first.image.pieces == second.image.pieces);
}

TEST_CASE("known blocks are taken over, and nothing else differs", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written before = write(tree, folder.path() / "before");
  std::size_t most_fresh = 5;
  SECTION("nothing changed") { most_fresh = 0; }
  SECTION("a small file changed") { os::write_file(tree / "dir3/f3", "another"); }
  SECTION("a large file changed") { os::write_file(tree / "large", test::seeded_text(50'001, 1)); }
  SECTION("a file more") { os::write_file(tree / "dir3/f3b", test::seeded_text(2000, 7)); }
  SECTION("a file less") { fs::remove(tree / "dir3/f3"); }
  SECTION("another name for a file") { fs::rename(tree / "large", tree / "dir4/large"); }
  const Written cold = write(tree, folder.path() / "cold");
  const Written warm =
      write(tree, folder.path() / "warm", recall_of(folder.path() / "before", before));
  CHECK((cold.bytes == warm.bytes));
  CHECK(cold.image.pieces == warm.image.pieces);
  CHECK(fresh(before, warm) <= most_fresh);
}

TEST_CASE("what known blocks were made of is not read", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written before = write(tree, folder.path() / "before");
  const Written after =
      write(tree, folder.path() / "after", recall_of(folder.path() / "before", before), 2,
            [](const archive::ListedFile&) -> os::Fd {
              throw Error(Fault::internal, "content was asked for");
            });
  CHECK((before.bytes == after.bytes));
}

TEST_CASE("a recalled piece that cannot be right is made again", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  Written before = write(tree, folder.path() / "before");
  for (archive::Piece& piece : before.image.pieces) {
    if (!piece.parts.empty()) piece.parts.pop_back();
    if (piece.parts.empty()) piece.size = 5000;
  }
  const Written after =
      write(tree, folder.path() / "after", recall_of(folder.path() / "before", before));
  CHECK((before.bytes == after.bytes));
}

TEST_CASE("a squashfs that cannot be is refused", "[disk]") {
  disk::SquashfsOptions options{.epoch = 1};
  CHECK_NOTHROW(disk::check_squashfs_options(options));
  SECTION("block") { options.block = 5000; }
  SECTION("large block") { options.block = 2U << 20; }
  SECTION("level") { options.level = 23; }
  SECTION("no level") { options.level = 0; }
  SECTION("before all time") { options.epoch = -1; }
  SECTION("after all time") { options.epoch = std::int64_t{1} << 32; }
  CHECK_THROWS_AS(disk::check_squashfs_options(options), Error);
}

TEST_CASE("a file that changed after it was listed is not stored", "[disk]") {
  const os::TempDir folder("squashfs");
  const fs::path tree = make_tree(folder.path() / "tree");
  const auto files = list_of(tree);
  SECTION("longer") { os::write_file(tree / "large", test::seeded_text(50'001, 1)); }
  SECTION("shorter, and in a shared block") { os::write_file(tree / "dir0/f5", "x"); }
  os::AtomicFile file(folder.path() / "image");
  CHECK_THROWS_AS(disk::write_squashfs(files, archive::content_below(tree), {}, {}, file.fd(),
                                       folder.path() / "image"),
                  Error);
}
