// SPDX-License-Identifier: Apache-2.0
#include "archive/file_list.hpp"

#include <string>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

const Sha256 some_digest = Sha256::from_hex(std::string(64, 'a'));

archive::ListedFile file_of(std::string path) {
  archive::ListedFile file;
  file.path = std::move(path);
  file.mode = 0644;
  file.size = 3;
  file.mtime = 1'700'000'000;
  file.digest = some_digest;
  return file;
}

archive::ListedFile other(std::string path, os::FileKind kind) {
  archive::ListedFile file = file_of(std::move(path));
  file.kind = kind;
  file.size = 0;
  file.digest.reset();
  return file;
}

std::string fault_of(const std::string& text) {
  try {
    archive::parse_file_list(text);
    return "accepted";
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    return error.message();
  }
}

const std::string line =
    "./a type=file mode=0644 uid=0 gid=0 time=1.0 size=3 sha256digest=" + std::string(64, 'a');

}  // namespace

TEST_CASE("a list is read back as it was, with every kind of file", "[archive]") {
  std::vector<archive::ListedFile> files = {other(".", os::FileKind::folder), file_of("b"),
                                            file_of("a"), file_of("with space\n\\#=\xff")};
  files[2].hard_link = "b";
  files[3].xattrs = {{"security.capability", std::string("\1\0\2", 3)}, {"user.a b", ""}};
  files.push_back(other("link", os::FileKind::link));
  files.back().target = "a b";
  files.push_back(other("null", os::FileKind::character_device));
  files.back().device_major = 1;
  files.back().device_minor = 3;
  files.push_back(other("pipe", os::FileKind::fifo));
  files.back().mtime = -5;
  archive::put_in_order(files);
  const std::string text = archive::file_list_text(files);
  INFO(text);
  CHECK(archive::parse_file_list(text) == files);
  CHECK(text.find("./with\\040space\\012\\134\\043\\075\\377 type=file mode=0644") !=
        std::string::npos);
  CHECK(text.find(" device=linux,1,3\n") != std::string::npos);
  CHECK(text.find(" link=a\\040b\n") != std::string::npos);
}

TEST_CASE("hard links point to the first of their names in byte order", "[archive]") {
  std::vector<archive::ListedFile> files = {file_of("c"), file_of("a"), file_of("b")};
  files[1].hard_link = "c";
  files[2].hard_link = "a";
  archive::put_in_order(files);
  CHECK(files[0].path == "a");
  CHECK(files[0].hard_link.empty());
  CHECK(files[1].hard_link == "a");
  CHECK(files[2].hard_link == "a");
  CHECK(files[2].links == 3);
}

TEST_CASE("a list from elsewhere is refused with the line that is wrong", "[archive]") {
  CHECK(fault_of("./a type=file\n").find("#mtree") != std::string::npos);
  CHECK(fault_of("#mtree\n" + line).find("cut off") != std::string::npos);
  CHECK(fault_of("#mtree\n" + line + "\n" + line + "\n").find("./a") == std::string::npos);
  CHECK(fault_of("#mtree\n" + line + "\n") == "accepted");
  const auto with = [](const std::string& more) {
    return fault_of("#mtree\n" + line + more + "\n");
  };
  CHECK(with(" owner=root").find("line 2: the keyword 'owner' is not known") != std::string::npos);
  CHECK(with(" mode=0755").find("twice") != std::string::npos);
  CHECK(with(" xattr.a=0").find("hexadecimal") != std::string::npos);
  CHECK(with(" hardlink=./b").find("not there") != std::string::npos);
  CHECK(with(" link=b").find("link target") != std::string::npos);
  for (const char* path : {"a", "./../a", "./a/", "./a//b", "./a/./b", "./\\8", "./\\000"}) {
    INFO(path);
    CHECK(fault_of("#mtree\n" + (path + line.substr(3)) + "\n") != "accepted");
  }
  CHECK_THROWS_AS(
      archive::parse_file_list("#mtree\n" + line + "\n", {.bytes = 1U << 20, .files = 0}), Error);
}
