// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "disk/listed_image.hpp"
#include "disk/sample_tree.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

void make_file(const fs::path& path, std::string_view content = {}) {
  const os::Fd fd = os::open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  os::write_all(fd.get(), {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()},
                path);
}

std::string text_of(std::size_t size, unsigned seed) {
  std::string text;
  for (; text.size() < size; seed = seed * 1103515245 + 12345)
    text += "word" + std::to_string(seed >> 20) + ' ';
  text.resize(size);
  return text;
}

/// The image of the tree holds what the tree holds: so say unsquashfs and the kernel.
void check_image(const fs::path& folder) {
  test::need_programs({"unsquashfs", "diff"});
  const fs::path tree = folder / "tree";
  const fs::path image = folder / "root.squashfs";
  const auto expected = test::list_of(tree);
  const disk::RootImage made = test::image_of(expected, archive::content_below(tree), image);
  CHECK(made.digest == crypto::digest_of_file(image));
  CHECK(made.size == fs::file_size(image));
  CHECK(made.verity.size == made.size);
  const fs::path back = folder / "back";
  REQUIRE(test::run_host("unsquashfs", {"-n", "-q", "-d", back.string(), image.string()}).ok());
  CHECK((test::list_of(back) == expected));
  const test::MountedImage mounted(image, folder / "mounted");
  CHECK_FALSE(mounted.failed());
  if (!mounted.mounted()) return;
  CHECK((test::list_of(mounted.place()) == expected));
  // diff calls two equal devices different.
  const bool plain = std::all_of(expected.begin(), expected.end(),
                                 [](const auto& file) { return file.kind <= os::FileKind::link; });
  // The lists agree; of many thousand files diff would tell the same once more, but slowly.
  if (!plain || expected.size() > 20'000) return;
  CHECK(test::run_host("diff", {"-r", "--no-dereference", tree.string(), mounted.place().string()})
            .ok());
}

}  // namespace

TEST_CASE("a root image gives back what went into it") {
  const os::TempDir folder("squashfs");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  check_image(folder.path());
}

TEST_CASE("a root image depends on the tree alone") {
  const os::TempDir folder("squashfs");
  std::vector<Sha256> digests;
  for (const test::Order order : {test::Order::forward, test::Order::backward}) {
    const fs::path tree = folder.path() / std::to_string(digests.size());
    test::make_sample_tree(tree, order);
    const auto files = test::list_of(tree);
    for (const unsigned workers : {1U, 8U})
      digests.push_back(
          test::image_of(files, archive::content_below(tree), folder.path() / "image", workers)
              .digest);
  }
  CHECK(digests == std::vector<Sha256>(4, digests[0]));
}

TEST_CASE("files of all sizes around a block come back") {
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree);
  constexpr std::size_t block = 131072;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, block - 1, block, block + 1,
                                 2 * block, 7 * block, 7 * block + 5, 70 * block}) {
    make_file(tree / ("text" + std::to_string(size)), text_of(size, 1));
    make_file(tree / ("zeros" + std::to_string(size)), std::string(size, '\0'));
  }
  make_file(tree / "equal1", text_of(3 * block, 5));
  make_file(tree / "equal2", text_of(3 * block, 5));
  make_file(tree / "equal3", text_of(300, 6));
  make_file(tree / "equal4", text_of(300, 6));
  // What cannot be packed, alone and between what can.
  std::string noise;
  for (std::uint64_t state = 1; noise.size() < 3 * block; state = state * 6364136223846793005 + 1)
    noise += static_cast<char>(state >> 56);
  make_file(tree / "noise", noise);
  make_file(tree / "mixed", text_of(block, 3) + noise + std::string(2 * block, '\0') + "end");
  check_image(folder.path());
}

TEST_CASE("names of any bytes and length come back") {
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree / "long");
  for (int i = 0; i < 3000; ++i)
    make_file(tree / "long" /
              (std::to_string(i) + std::string(255 - std::to_string(i).size(), 'n')));
  for (int byte = 1; byte < 256; ++byte)
    if (byte != '/' && byte != '.') make_file(tree / std::string(1, static_cast<char>(byte)), "x");
  make_file(tree / "line\nend");
  make_file(tree / "\xc3\x28\xa0\xff");
  fs::path deep = tree;
  for (int i = 0; i < 60; ++i) deep /= "d" + std::to_string(i);
  fs::create_directories(deep);
  make_file(deep / "bottom", "here");
  fs::create_symlink(std::string(4000, 't'), tree / "far");
  check_image(folder.path());
}

TEST_CASE("a folder of 70000 files comes back") {
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree / "many");
  for (int i = 0; i < 70000; ++i)
    make_file(tree / "many" / ("file" + std::to_string(i)), i % 100 == 0 ? "x" : "");
  check_image(folder.path());
}

TEST_CASE("hard links, attributes, sockets and devices come back") {
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree / "links");
  make_file(tree / "zz last", text_of(200'000, 4));
  for (int i = 0; i < 2000; ++i)
    fs::create_hard_link(tree / "zz last", tree / "links" / std::to_string(i));
  fs::create_symlink("zz last", tree / "link");
  fs::create_hard_link(tree / "link", tree / "link again");
  for (const char* name : {"many", "same", "links"}) {
    if (fs::path(name) != "links") make_file(tree / name, "x");
    for (int i = 0; i < 40; ++i) {
      const std::string key = "user.key" + std::to_string(i);
      const std::string value(static_cast<std::size_t>(i), static_cast<char>(i));
      if (::setxattr((tree / name).c_str(), key.c_str(), value.data(), value.size(), 0) != 0) {
        std::printf("not tried: attributes of users\n");
        break;
      }
    }
  }
  if (::geteuid() == 0) {
    (void)::lsetxattr((tree / "link").c_str(), "trusted.note", "on a link", 9, 0);
    (void)::setxattr((tree / "many").c_str(), "security.test", "s", 1, 0);
    for (const auto& [name, device] :
         std::map<std::string, dev_t>{{"null", makedev(1, 3)},
                                      {"nvme", makedev(259, 70000)},
                                      {"most", makedev(4095, 1048575)}}) {
      (void)::mknod((tree / name).c_str(), S_IFCHR | 0640, device);
      (void)::mknod((tree / (name + " block")).c_str(), S_IFBLK | 0600, device);
    }
    REQUIRE(::mknod((tree / "socket").c_str(), S_IFSOCK | 0755, 0) == 0);
    REQUIRE(::chown((tree / "many").c_str(), 4'000'000'000, 70'000) == 0);
    REQUIRE(::lchown((tree / "link").c_str(), 12, 13) == 0);
  }
  REQUIRE(::chmod((tree / "same").c_str(), 07777) == 0);
  REQUIRE(::chmod((tree / "links").c_str(), 01777) == 0);
  check_image(folder.path());
}

TEST_CASE("times before 1970 and after the epoch are brought into bounds") {
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree);
  for (const std::int64_t time : {std::int64_t{-5}, std::int64_t{0}, test::image_epoch + 5}) {
    const fs::path path = tree / std::to_string(time);
    make_file(path);
    const timespec times[2] = {{time, 0}, {time, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  }
  test::need_programs({"unsquashfs"});
  const fs::path image = folder.path() / "image";
  test::image_of(test::list_of(tree), archive::content_below(tree), image);
  const fs::path back = folder.path() / "back";
  REQUIRE(test::run_host("unsquashfs", {"-n", "-d", back.string(), image.string()}).ok());
  for (const archive::ListedFile& file : test::list_of(back)) {
    if (file.path == "-5" || file.path == "0") CHECK(file.mtime == 0);
    if (file.path == std::to_string(test::image_epoch + 5)) CHECK(file.mtime == test::image_epoch);
  }
}

TEST_CASE("a file of 5 GiB that is mostly holes takes little time and room") {
  test::need_programs({"unsquashfs"});
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  fs::create_directories(tree);
  make_file(tree / "sparse", "begin");
  constexpr std::uint64_t size = 5ULL << 30;
  {
    const os::Fd fd = os::open_file(tree / "sparse", O_RDWR);
    REQUIRE(::ftruncate(fd.get(), size) == 0);
    REQUIRE(::pwrite(fd.get(), "middle", 6, (4LL << 30) + 77) == 6);
  }
  // The digest stands for the content; reading 5 GiB for it would prove nothing.
  auto files = test::listed_tree({test::listed_file("sparse", size)});
  const fs::path image = folder.path() / "image";
  const disk::RootImage made = test::image_of(files, archive::content_below(tree), image);
  CHECK(made.size < 200'000);
  const fs::path back = folder.path() / "back";
  REQUIRE(test::run_host("unsquashfs", {"-n", "-d", back.string(), image.string()}).ok());
  const auto same_at = [&](const fs::path& file, std::uint64_t offset, const std::string& text) {
    const os::Fd fd = os::open_file(file, O_RDONLY);
    std::string found(text.size(), 'x');
    return ::pread(fd.get(), found.data(), found.size(), static_cast<off_t>(offset)) ==
               static_cast<ssize_t>(found.size()) &&
           found == text;
  };
  const test::MountedImage mounted(image, folder.path() / "mounted");
  CHECK_FALSE(mounted.failed());
  for (const fs::path& root : {back, mounted.mounted() ? mounted.place() : back}) {
    const fs::path file = root / "sparse";
    CHECK(fs::file_size(file) == size);
    CHECK(same_at(file, 0, "begin" + std::string(200'000, '\0')));
    CHECK(same_at(file, (4ULL << 30) + 70, std::string(7, '\0') + "middle" + std::string(9, '\0')));
    CHECK(same_at(file, size - 10, std::string(10, '\0')));
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK(status.st_blocks < 1 << 20);
  }
}

TEST_CASE("300000 small files come back") {
  test::need_programs({"unsquashfs", "find"});
  const os::TempDir folder("squashfs");
  std::map<std::uint64_t, fs::path> contents;
  for (std::uint64_t size = 1; size <= 50; ++size) {
    contents[size] = folder.path() / std::to_string(size);
    make_file(contents[size], std::string(size, static_cast<char>('a' + size)));
  }
  std::vector<archive::ListedFile> files = {test::listed_folder(".")};
  for (int i = 0; i < 300; ++i) {
    files.push_back(test::listed_folder(format("dir{:03}", i)));
    for (int k = 0; k < 1000; ++k) {
      const std::uint64_t size = static_cast<std::uint64_t>(i + k) % 50 + 1;
      files.push_back(test::listed_file(format("dir{:03}/file{:03}", i, k), size));
      // One content in a hundred is the same as another's.
      files.back().digest =
          Sha256({static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(i),
                  static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(k % 990),
                  static_cast<std::uint8_t>(k % 990 >> 8)});
    }
  }
  const fs::path image = folder.path() / "image";
  const archive::OpenContent open = [&](const archive::ListedFile& file) {
    return os::open_file(contents.at(file.size), O_RDONLY);
  };
  const disk::RootImage first = test::image_of(files, open, image);
  const auto earlier = std::make_shared<os::Fd>(os::open_file(image, O_RDONLY));
  const disk::RootImage again = test::image_of(files, open, folder.path() / "again", 8,
                                               archive::recall_from(earlier, image, first.pieces));
  CHECK(first.digest == again.digest);
  CHECK(first.pieces == again.pieces);
  const os::Outcome listing = test::run_host("unsquashfs", {"-n", "-s", image.string()});
  CHECK(listing.ok());
  const test::MountedImage mounted(image, folder.path() / "mounted");
  CHECK_FALSE(mounted.failed());
  if (!mounted.mounted()) return;
  for (int i = 0; i < 300; i += 7)
    for (int k = 0; k < 1000; k += 13) {
      const std::uint64_t size = static_cast<std::uint64_t>(i + k) % 50 + 1;
      REQUIRE(os::read_file(mounted.place() / format("dir{:03}/file{:03}", i, k)) ==
              std::string(size, static_cast<char>('a' + size)));
    }
}

TEST_CASE("an image made of an earlier one's pieces is the one made without") {
  const os::TempDir folder("squashfs");
  const fs::path tree = folder.path() / "tree";
  test::make_sample_tree(tree, test::Order::forward);
  const fs::path before = folder.path() / "before";
  const disk::RootImage earlier =
      test::image_of(test::list_of(tree), archive::content_below(tree), before);
  SECTION("nothing") {}
  SECTION("a change") { os::write_file(tree / "etc/file12", "another"); }
  SECTION("a file more") { os::write_file(tree / "etc/file12a", text_of(300'000, 9)); }
  SECTION("a file less") { fs::remove(tree / "big"); }
  SECTION("an attribute") { ::setxattr((tree / "big").c_str(), "user.x", "y", 1, 0); }
  const auto files = test::list_of(tree);
  const auto file = std::make_shared<os::Fd>(os::open_file(before, O_RDONLY));
  for (const unsigned workers : {1U, 8U}) {
    const disk::RootImage cold =
        test::image_of(files, archive::content_below(tree), folder.path() / "cold", workers);
    const disk::RootImage warm =
        test::image_of(files, archive::content_below(tree), folder.path() / "warm", workers,
                       archive::recall_from(file, before, earlier.pieces));
    CHECK(cold.digest == warm.digest);
    CHECK(cold.pieces == warm.pieces);
  }
}
