// SPDX-License-Identifier: Apache-2.0
#include "archive/framed_tar.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <set>

#include "archive/listing.hpp"
#include "archive/tar_members.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"
#include "support/seeded_text.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t epoch = 1'700'000'000;

/// Not SHA-256, which is another room's; four sums that differ where bytes do.
class Sums {
public:
  void update(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes)
      for (std::size_t i = 0; i < 4; ++i)
        sums_[i] = (sums_[i] ^ byte ^ i) * (0x100000001b3 + 2 * i);
  }
  Sha256 finish() {
    std::array<std::uint8_t, Sha256::size> result{};
    for (std::size_t i = 0; i < 32; ++i)
      result[i] = static_cast<std::uint8_t>(sums_[i / 8] >> (i % 8 * 8));
    sums_ = {1, 2, 3, 4};
    return Sha256(result);
  }

private:
  std::array<std::uint64_t, 4> sums_{1, 2, 3, 4};
};

Sha256 sum_of(std::span<const std::uint8_t> bytes) {
  Sums sums;
  sums.update(bytes);
  return sums.finish();
}

/// Files of all kinds that a user can make, some above the largest frame of these tests.
fs::path make_tree(const fs::path& tree) {
  for (unsigned i = 0; i < 60; ++i) {
    const fs::path folder = tree / ("dir" + std::to_string(i % 7)) / "in";
    os::write_file(folder / ("f" + std::to_string(i)), test::seeded_text(i * 331 % 9000, i));
  }
  os::write_file(tree / "dir0-x", "sorts before what dir0 holds");
  os::write_file(tree / "dir1/large", test::seeded_text(100'000, 1));
  os::write_file(tree / "dir2/exact", test::seeded_text(3 * 16384, 2));
  os::write_file(tree / "dir2/empty", "");
  os::write_file(tree / ("dir3/" + std::string(230, 'n')), "long name");
  os::write_file(tree / "dir3/\xff\xfe", "no text");
  fs::create_symlink("dir1", tree / "link");
  // The first name in byte order is not the first of a walk.
  fs::create_hard_link(tree / "dir0/in/f7", tree / "dir0-y");
  REQUIRE(::mkfifo((tree / "pipe").c_str(), 0640) == 0);
  (void)::setxattr((tree / "dir0-x").c_str(), "user.note", "kept", 4, 0);
  return tree;
}

std::vector<archive::ListedFile> list_of(const fs::path& tree) {
  Sums sums;
  return archive::list_tree(tree, epoch,
                            {[&](std::span<const std::uint8_t> bytes) { sums.update(bytes); },
                             [&] { return sums.finish(); }});
}

archive::FramedTarOptions small(unsigned workers = 2) {
  return {.level = 3, .workers = workers, .cut = {.least = 4096, .most = 16384, .one_in = 4}};
}

struct Written {
  std::string bytes;
  std::vector<archive::Piece> pieces;
};

Written write(const fs::path& tree, const archive::Recall& recall = {}, unsigned workers = 2) {
  const auto files = list_of(tree);
  test::MemorySink sink;
  auto pieces = archive::write_framed_tar({.files = files,
                                           .open = archive::content_below(tree),
                                           .digest = sum_of,
                                           .recall = recall,
                                           .options = small(workers)},
                                          sink);
  return {std::move(sink.bytes), std::move(pieces)};
}

archive::Recall recall_of(const fs::path& path, const Written& written) {
  os::write_file(path, written.bytes);
  return archive::recall_from(std::make_shared<os::Fd>(os::open_file(path, O_RDONLY)), path,
                              written.pieces);
}

/// Keys of `after` that were not in `before`.
std::size_t fresh(const Written& before, const Written& after) {
  std::set<Sha256> known;
  for (const archive::Piece& piece : before.pieces) known.insert(piece.key);
  std::size_t count = 0;
  for (const archive::Piece& piece : after.pieces) count += known.contains(piece.key) ? 0U : 1U;
  return count;
}

}  // namespace

TEST_CASE("frames hold what a tree is archived as", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written written = write(tree);
  CHECK(written.pieces.size() > 20);
  test::MemorySink plain;
  archive::write_tree(tree, plain, {.latest_mtime = epoch});
  // Read back through a stranger to both writers: every header and every byte of content.
  os::write_file(folder.path() / "framed.tar.zst", written.bytes);
  os::write_file(folder.path() / "plain.tar", plain.bytes);
  const auto told = [&](const char* name) {
    Sums sums;
    return archive::list_tar(os::open_file(folder.path() / name, O_RDONLY).get(),
                             {[&](std::span<const std::uint8_t> bytes) { sums.update(bytes); },
                              [&] { return sums.finish(); }});
  };
  CHECK(told("framed.tar.zst") == told("plain.tar"));
}

TEST_CASE("headers and sizes of frames are those of a plain archive", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  const auto files = list_of(tree);
  test::MemorySink plain;
  archive::write_tree(tree, plain, {.latest_mtime = epoch});
  std::string built;
  for (const archive::TarMember& member : archive::tar_members(files)) {
    built += archive::tar_header_of(member);
    if (archive::tar_content_of(member) != 0) built += os::read_file(tree / member.file->path);
    built.resize((built.size() + 511) / 512 * 512);
  }
  built.resize(built.size() + 1024);
  CHECK((built == plain.bytes));
}

TEST_CASE("the number of workers changes no byte of the frames", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written first = write(tree, {}, 1);
  const Written second = write(tree, {}, 8);
  CHECK((first.bytes == second.bytes));
  CHECK(first.pieces == second.pieces);
}

TEST_CASE("frames that are known are taken over, and nothing else differs", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  const Written before = write(tree);
  const archive::Recall recall = recall_of(folder.path() / "before", before);
  std::size_t expected_fresh = 4;
  SECTION("nothing changed") { expected_fresh = 0; }
  SECTION("a file changed") { os::write_file(tree / "dir4/in/f4", "another"); }
  SECTION("a file more") { os::write_file(tree / "dir4/in/f4b", "new"); }
  SECTION("a file less") { fs::remove(tree / "dir4/in/f4"); }
  SECTION("another mode") { REQUIRE(::chmod((tree / "dir4/in/f4").c_str(), 0600) == 0); }
  const Written cold = write(tree);
  const Written warm = write(tree, recall);
  CHECK((cold.bytes == warm.bytes));
  CHECK(cold.pieces == warm.pieces);
  CHECK(fresh(before, warm) <= expected_fresh);
}

TEST_CASE("what a known frame was made of is not read", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  const auto files = list_of(tree);
  const Written before = write(tree);
  test::MemorySink sink;
  archive::write_framed_tar({.files = files,
                             .open = [](const archive::ListedFile&) -> os::Fd {
                               throw Error(Fault::internal, "content was asked for");
                             },
                             .digest = sum_of,
                             .recall = recall_of(folder.path() / "before", before),
                             .options = small()},
                            sink);
  CHECK((sink.bytes == before.bytes));
}

TEST_CASE("a file that changed after it was listed is not framed", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  const auto files = list_of(tree);
  SECTION("longer") { os::write_file(tree / "dir1/large", test::seeded_text(100'001, 1)); }
  SECTION("shorter") { os::write_file(tree / "dir1/large", test::seeded_text(99'999, 1)); }
  test::MemorySink sink;
  CHECK_THROWS_AS(archive::write_framed_tar({.files = files,
                                             .open = archive::content_below(tree),
                                             .digest = sum_of,
                                             .options = small()},
                                            sink),
                  Error);
}

TEST_CASE("a list of nothing is refused", "[archive]") {
  test::MemorySink sink;
  CHECK_THROWS_AS(archive::write_framed_tar(
                      {.files = {}, .open = archive::content_below("/"), .digest = sum_of}, sink),
                  Error);
  CHECK(sink.bytes.empty());
}

TEST_CASE("a socket cannot be in a frame", "[archive]") {
  auto files = std::vector<archive::ListedFile>(1);
  files[0].path = "s";
  files[0].kind = os::FileKind::socket;
  test::MemorySink sink;
  CHECK_THROWS_AS(
      archive::write_framed_tar(
          {.files = files, .open = archive::content_below("/"), .digest = sum_of}, sink),
      Error);
}

TEST_CASE("a list without digests is refused", "[archive]") {
  const os::TempDir folder("framed tar");
  const fs::path tree = make_tree(folder.path() / "tree");
  auto files = list_of(tree);
  for (archive::ListedFile& file : files) file.digest.reset();
  test::MemorySink sink;
  CHECK_THROWS_AS(
      archive::write_framed_tar(
          {.files = files, .open = archive::content_below(tree), .digest = sum_of}, sink),
      Error);
}
