// SPDX-License-Identifier: Apache-2.0
// Our ext4 judged by others: e2fsck, resize2fs, debugfs and the kernel of this machine.
#include "disk/ext4.hpp"
#include "disk/image.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive/listing.hpp"
#include "base/little_endian.hpp"
#include "crypto/hasher.hpp"
#include "disk/ext4_name_hash.hpp"
#include "disk/sample_tree.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t epoch = 1'700'000'000;

disk::Ext4Spec spec_of(Bytes size) {
  disk::Ext4Spec spec;
  spec.size = size;
  spec.id = disk::Guid::from_text("11111111-2222-4333-8444-555555555555");
  spec.hash_seed = disk::Guid::from_text("11111111-2222-4333-8444-666666666666");
  spec.epoch = epoch;
  return spec;
}

/// An image that is nothing but the file system.
os::Fd new_image(const fs::path& path, Bytes size) {
  os::Fd fd = os::open_file(path, O_RDWR | O_CREAT | O_TRUNC);
  REQUIRE(::ftruncate(fd.get(), static_cast<off_t>(size.count)) == 0);
  return fd;
}

void make_image(const fs::path& tree, const fs::path& path, Bytes size) {
  const os::Fd fd = new_image(path, size);
  const disk::TreeContent content = disk::folder_content(tree, spec_of(size).epoch);
  disk::make_ext4(spec_of(size), content.files, content.open, fd.get(), path);
}

void make_listed(const std::vector<archive::ListedFile>& files, const disk::OpenContent& open,
                 const fs::path& path, Bytes size) {
  const os::Fd fd = new_image(path, size);
  disk::FileBlocks sink(fd.get(), path);
  disk::write_ext4(spec_of(size), files, open, sink);
}

/// The names of its passes and the summary are all that e2fsck may say.
void check_sound(const fs::path& image) {
  const os::Outcome checked = test::run_host("e2fsck", {"-f", "-n", image.string()});
  INFO(checked.output);
  CHECK(checked.ok());
  CHECK(std::count(checked.output.begin(), checked.output.end(), '\n') == 7);
}

/// Mounts the image in a mount namespace that ends with the commands, which see it at $m and a
/// folder for results at $1.
os::Outcome in_mount(const fs::path& image, const fs::path& result, const std::string& commands) {
  const fs::path mount = result / "mount";
  fs::create_directories(mount);
  return test::run_host("unshare", {"-m", "sh", "-c",
                                    "set -e; m=$1/mount; mount -o loop \"$2\" \"$m\"; " + commands +
                                        "; umount \"$m\"",
                                    "sh", result.string(), image.string()});
}

bool can_mount() {
  if (::geteuid() == 0 && fs::exists("/dev/loop-control")) return true;
  WARN("not mounted: needs root and loop devices");
  return false;
}

std::vector<archive::ListedFile> list_of(const fs::path& tree) {
  crypto::Hasher hasher;
  std::vector<archive::ListedFile> files = archive::list_tree(
      tree, epoch,
      {.update = [&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
       .finish =
           [&] {
             const Sha256 digest = hasher.finish();
             hasher = crypto::Hasher();
             return digest;
           }});
  std::erase_if(files, [](const auto& file) { return file.path == "lost+found"; });
  return files;
}

void put_xattr(const fs::path& path, const std::string& name, const std::string& value) {
  // As an ordinary user only those of users can be set.
  const int set = ::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0);
  CHECK((set == 0 || ::geteuid() != 0 || errno == EPERM || errno == ENOTSUP));
}

std::string access_list() {
  RecordWriter list;
  list.u32(2);
  list.u16(0x01).u16(7).u32(0xffffffff);
  list.u16(0x02).u16(5).u32(1000);
  list.u16(0x04).u16(5).u32(0xffffffff);
  list.u16(0x08).u16(5).u32(4);
  list.u16(0x10).u16(5).u32(0xffffffff);
  list.u16(0x20).u16(5).u32(0xffffffff);
  return {list.bytes().begin(), list.bytes().end()};
}

void make_attributes(const fs::path& tree) {
  os::write_file(tree / "attributes", "x");
  put_xattr(tree / "attributes", "security.capability",
            std::string("\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                        "\x00\x00",
                        20));
  for (int i = 0; i < 40; ++i) {
    put_xattr(tree / "attributes", "user.number " + std::to_string(i), std::to_string(i * i));
  }
  put_xattr(tree / "attributes", "user.empty", "");
  put_xattr(tree / "attributes", "trusted.large", std::string(1500, 'v'));
  put_xattr(tree / "attributes", "system.posix_acl_access", access_list());
  fs::create_directory(tree / "shared");
  put_xattr(tree / "shared", "system.posix_acl_default", access_list());
}

void make_special_files(const fs::path& tree) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const os::Fd owner(socket);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (tree / "socket").string();
  if (path.size() < sizeof address.sun_path) {
    std::copy(path.begin(), path.end(), address.sun_path);
    CHECK(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  if (::geteuid() == 0) {
    CHECK(::mknod((tree / "old device").c_str(), S_IFCHR | 0600, makedev(8, 1)) == 0);
    CHECK(::mknod((tree / "new device").c_str(), S_IFBLK | 0600, makedev(259, 70000)) == 0);
    CHECK(::chown((tree / "etc/file5").c_str(), 100'000, 4'000'000'000U) == 0);
    CHECK(::lchown((tree / "etc/link").c_str(), 33, 33) == 0);
  }
}

/// With folders of 70 000 names, and of names of 255 bytes, of any bytes.
void make_large_folders(const fs::path& tree, int names) {
  fs::create_directory(tree / "many");
  for (int i = 0; i < names; ++i) {
    os::open_file(tree / "many" / ("name " + std::to_string(i * 7919)), O_WRONLY | O_CREAT);
  }
  fs::create_directory(tree / "long");
  for (int i = 0; i < 300; ++i) {
    std::string name = std::to_string(i) + std::string(255, static_cast<char>(0x80 + i % 100));
    name.resize(255);
    os::open_file(tree / "long" / name, O_WRONLY | O_CREAT);
  }
  // Exactly one block, and one record more.
  for (const int count : {338, 339}) {
    const fs::path folder = tree / ("edge" + std::to_string(count));
    fs::create_directory(folder);
    for (int i = 0; i < count; ++i) {
      os::open_file(folder / std::to_string(1000 + i), O_WRONLY | O_CREAT);
    }
  }
}

void make_hostile_tree(const fs::path& tree) {
  test::make_sample_tree(tree, test::Order::forward);
  make_attributes(tree);
  make_special_files(tree);
  make_large_folders(tree, 70'000);
  os::write_file(tree / "\xff\xfe\n\\ name", "bytes");
  os::write_file(tree / "-first", "sorts before the root");
  os::write_file(tree / "empty", "");
  fs::create_symlink(std::string(59, 'i'), tree / "link in the inode");
  fs::create_symlink(std::string(60, 'b'), tree / "link in a block");
  fs::create_symlink(std::string(4095, 'l'), tree / "longest link");
  fs::path deep = tree;
  for (int i = 0; i < 150; ++i) deep /= "deep folder";
  fs::create_directories(deep);
  for (int i = 0; i < 200; ++i)
    fs::create_hard_link(tree / "empty", tree / ("same" + std::to_string(i)));
  const timespec old[2] = {{0, 0}, {-1'000'000'000, 0}};
  ::utimensat(AT_FDCWD, (tree / "empty").c_str(), old, 0);
  ::chmod(tree.c_str(), 0751);
}

}  // namespace

TEST_CASE("a hostile tree comes back whole through the kernel") {
  test::need_programs({"e2fsck", "dumpe2fs"});
  const os::TempDir folder("ext4");
  const fs::path tree = folder.path() / "tree";
  const fs::path image = folder.path() / "image";
  make_hostile_tree(tree);
  make_image(tree, image, 2_GiB);
  check_sound(image);
  const std::string about = test::run_host("dumpe2fs", {"-h", image.string()}).output;
  INFO(about);
  CHECK(about.find("has_journal ext_attr resize_inode dir_index filetype extent 64bit flex_bg "
                   "sparse_super large_file huge_file dir_nlink extra_isize metadata_csum\n") !=
        std::string::npos);
  CHECK(about.find("Total journal size:       64M") != std::string::npos);
  if (!can_mount()) return;
  const os::Outcome copied =
      in_mount(image, folder.path(), "cp -a --preserve=all \"$m\" \"$1/copy\"");
  INFO(copied.output);
  REQUIRE(copied.ok());
  const auto expected = list_of(tree);
  const auto found = list_of(folder.path() / "copy");
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(archive::escaped_path(expected[i].path));
    if (found[i] == expected[i]) continue;
    CHECK(archive::file_list_text({found[i]}) == archive::file_list_text({expected[i]}));
  }
}

TEST_CASE("the kernel writes into it, grows it, and it stays sound") {
  test::need_programs({"e2fsck", "resize2fs"});
  if (!can_mount()) return;
  const os::TempDir folder("ext4");
  const fs::path tree = folder.path() / "tree";
  const fs::path image = folder.path() / "image";
  test::make_sample_tree(tree, test::Order::forward);
  make_large_folders(tree, 5'000);
  make_image(tree, image, 1_GiB);
  // Beyond 8 GiB a second block of descriptors is needed, which the reserved ones are for.
  fs::resize_file(image, (20_GiB).count);
  const os::Outcome used = in_mount(
      image, folder.path(),
      "rm -r \"$m/long\"; i=0; while [ $i -lt 2000 ]; do : > \"$m/many/new $i\"; i=$((i+1)); done; "
      "rm \"$m/many/name 0\"; resize2fs \"$(findmnt -no SOURCE \"$m\")\" || :; "
      "mkdir \"$m/after\"; "
      "dd if=/dev/zero of=\"$m/after/large\" bs=1M count=50 2>&1; cat \"$m/etc/file9\"");
  INFO(used.output);
  REQUIRE(used.ok());
  check_sound(image);
  if (used.output.find("Permission denied to resize") != std::string::npos) {
    WARN("not grown while mounted: root lacks CAP_SYS_RESOURCE");
    return;
  }
  const std::string about = test::run_host("dumpe2fs", {"-h", image.string()}).output;
  INFO(about);
  CHECK(about.find("Block count:              5242880\n") != std::string::npos);
}

TEST_CASE("resize2fs grows and shrinks the image file") {
  test::need_programs({"e2fsck", "resize2fs"});
  const os::TempDir folder("ext4");
  const fs::path tree = folder.path() / "tree";
  const fs::path image = folder.path() / "image";
  test::make_sample_tree(tree, test::Order::forward);
  make_image(tree, image, 300_MiB);
  for (const std::string size : {"2500M", "12G", "280M"}) {
    const os::Outcome resized = test::run_host("resize2fs", {"-f", image.string(), size});
    INFO(resized.output);
    REQUIRE(resized.ok());
    check_sound(image);
  }
}

TEST_CASE("a large sparse file keeps its content and costs no room") {
  test::need_programs({"e2fsck"});
  const os::TempDir folder("ext4");
  const fs::path tree = folder.path() / "tree";
  const fs::path image = folder.path() / "image";
  fs::create_directory(tree);
  {
    const os::Fd fd = os::open_file(tree / "sparse", O_RDWR | O_CREAT);
    const std::string word = "somewhere";
    for (const off_t at : {5000LL, 3LL << 30, (5LL << 30) - 4}) {
      REQUIRE(::pwrite(fd.get(), word.data(), word.size(), at) > 0);
    }
  }
  make_image(tree, image, 6_GiB);
  check_sound(image);
  struct stat status {};
  REQUIRE(::stat(image.c_str(), &status) == 0);
  CHECK(status.st_blocks * 512 < 40 << 20);
  if (!can_mount()) return;
  // Two blocks at each of the three places, the last of which ends the file.
  const os::Outcome compared =
      in_mount(image, folder.path(),
               "for at in 1 786432 1310719; do "
               "dd if=\"$m/sparse\" of=\"$1/found\" bs=4096 count=2 skip=$at status=none; "
               "dd if=\"$1/tree/sparse\" of=\"$1/wanted\" bs=4096 count=2 skip=$at status=none; "
               "grep -q where \"$1/found\"; cmp \"$1/found\" \"$1/wanted\"; done");
  INFO(compared.output);
  CHECK(compared.ok());
}

TEST_CASE("file systems of many sizes are sound") {
  test::need_programs({"e2fsck"});
  const os::TempDir folder("ext4");
  const fs::path tree = folder.path() / "tree";
  test::make_sample_tree(tree, test::Order::forward);
  const std::vector<std::uint64_t> sizes = {
      (32_MiB).count,  (128_MiB).count,  (128_MiB).count + (3_MiB).count + 512,
      (446_MiB).count, (2047_MiB).count, (2_GiB).count + (130_MiB).count,
      (9_GiB).count,   (100_GiB).count};
  for (const std::uint64_t size : sizes) {
    INFO(size);
    make_image(tree, folder.path() / "image", {size});
    check_sound(folder.path() / "image");
  }
}

TEST_CASE("names that share a hash lie on both sides of a block's end") {
  test::need_programs({"e2fsck"});
  const os::TempDir folder("ext4");
  const fs::path tree = folder.path() / "tree";
  const fs::path image = folder.path() / "image";
  // With 15 names of 255 bytes in a block, every second block ends inside a pair.
  const auto name_of = [](std::uint32_t number) {
    std::string name = std::to_string(number);
    return name + std::string(255 - name.size(), 'n');
  };
  std::map<std::uint32_t, std::uint32_t> by_hash;
  fs::create_directories(tree / "pairs");
  std::size_t pairs = 0;
  for (std::uint32_t i = 0; pairs < 60; ++i) {
    const std::uint32_t hash = disk::ext4_name_hash(name_of(i), spec_of({}).hash_seed);
    const auto [other, fresh] = by_hash.emplace(hash, i);
    if (fresh) continue;
    ++pairs;
    for (const std::uint32_t number : {i, other->second}) {
      const fs::path path = tree / "pairs" / name_of(number);
      const std::string word = std::to_string(number);
      const os::Fd fd = os::open_file(path, O_WRONLY | O_CREAT);
      CHECK(::write(fd.get(), word.data(), word.size()) > 0);
    }
  }
  make_image(tree, image, 64_MiB);
  check_sound(image);
  if (!can_mount()) return;
  const os::Outcome compared =
      in_mount(image, folder.path(), "diff -r \"$m/pairs\" \"$1/tree/pairs\"");
  INFO(compared.output);
  CHECK(compared.ok());
}

TEST_CASE("300 000 files, 65 000 names of one file and 70 000 subfolders are sound") {
  test::need_programs({"e2fsck"});
  const os::TempDir folder("ext4");
  os::write_file(folder.path() / "content", "the same in each");
  std::vector<archive::ListedFile> files = {test::listed_folder("."), test::listed_folder("links"),
                                            test::listed_folder("folders")};
  for (int i = 0; i < 3'000; ++i) {
    const std::string name = "d" + std::to_string(i);
    files.push_back(test::listed_folder(name));
    for (int j = 0; j < 100; ++j) {
      files.push_back(test::listed_file(name + "/file " + std::to_string(j), 16));
    }
  }
  for (int i = 0; i < 65'000; ++i) {
    files.push_back(test::listed_file("links/" + std::to_string(100'000 + i), 16));
    if (i > 0) files.back().hard_link = "links/100000";
  }
  for (int i = 0; i < 70'000; ++i) {
    files.push_back(test::listed_folder("folders/" + std::to_string(i)));
  }
  archive::put_in_order(files);
  const auto open = [&](const archive::ListedFile&) {
    return os::open_file(folder.path() / "content", O_RDONLY);
  };
  make_listed(files, open, folder.path() / "image", 7_GiB);
  check_sound(folder.path() / "image");
}
