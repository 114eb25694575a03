// SPDX-License-Identifier: Apache-2.0
#include "archive/file_difference.hpp"

#include <string>

#include "support/catch.hpp"

using namespace ingot;

namespace {

archive::ListedFile file_of(std::string path) {
  archive::ListedFile file;
  file.path = std::move(path);
  file.mode = 0644;
  file.digest = Sha256::from_hex(std::string(64, 'a'));
  return file;
}

std::vector<std::string> words(const std::vector<archive::ListedFile>& expected,
                               const std::vector<archive::ListedFile>& found) {
  std::vector<std::string> all;
  for (const auto& each : archive::file_differences(expected, found)) {
    all.push_back(each.path + ": " + each.what);
  }
  return all;
}

}  // namespace

TEST_CASE("equal lists have no difference", "[archive]") {
  CHECK(words({file_of("a"), file_of("b")}, {file_of("a"), file_of("b")}).empty());
  CHECK(words({}, {}).empty());
}

TEST_CASE("a missing and an added file are named", "[archive]") {
  CHECK(words({file_of("a"), file_of("c")}, {file_of("b"), file_of("c"), file_of("d")}) ==
        std::vector<std::string>{"a: missing", "b: added", "d: added"});
}

TEST_CASE("each property that differs is named", "[archive]") {
  archive::ListedFile changed = file_of("a");
  changed.mode = 04755;
  changed.uid = 7;
  changed.size = 9;
  changed.mtime = 5;
  changed.digest = Sha256::from_hex(std::string(64, 'b'));
  changed.xattrs = {{"user.note", "x"}};
  CHECK(words({file_of("a")}, {changed}) ==
        std::vector<std::string>{"a: mode", "a: owner", "a: size", "a: content", "a: time",
                                 "a: attribute user.note"});
  const auto all = archive::file_differences({file_of("a")}, {changed});
  CHECK(all[0].expected == "0644");
  CHECK(all[0].found == "4755");
  CHECK(all[5].expected == "none");
  CHECK(all[5].found == "0x78");
}

TEST_CASE("a file that became a link differs in its type alone", "[archive]") {
  archive::ListedFile link = file_of("a");
  link.kind = os::FileKind::link;
  link.digest.reset();
  link.target = "b";
  CHECK(words({file_of("a")}, {link}) == std::vector<std::string>{"a: type"});
  archive::ListedFile other = link;
  other.target = "c";
  other.mode = 0777;
  CHECK(words({link}, {other}) == std::vector<std::string>{"a: target"});
}
