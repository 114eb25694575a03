// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_members.hpp"

#include <fcntl.h>

#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/tar_text.hpp"
#include "support/zstd_text.hpp"

using namespace ingot;

namespace {

std::vector<std::string> walked(const std::string& bytes, const archive::TarLimits& limits = {},
                                const std::string& stop_at = {}) {
  const os::TempDir folder("tar members");
  os::write_file(folder.path() / "tar", bytes);
  const os::Fd fd = os::open_file(folder.path() / "tar", O_RDONLY);
  std::vector<std::string> seen;
  archive::walk_tar(
      fd.get(),
      [&](const archive::ListedFile& file, const archive::MemberContent& content) {
        std::string text;
        if (!file.path.ends_with(".skip"))
          content(
              [&](std::span<const std::uint8_t> more) { text.append(more.begin(), more.end()); });
        seen.push_back(file.path + ":" + text + file.target + file.hard_link);
        return file.path == stop_at ? archive::Walk::stop : archive::Walk::on;
      },
      limits);
  return seen;
}

Fault fault_of(const std::string& bytes, const archive::TarLimits& limits = {}) {
  try {
    walked(bytes, limits);
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

}  // namespace

TEST_CASE("members come in order with their content, wanted or not", "[archive]") {
  const std::string tar = test::tar_of({{"./", '5', "", 0755},
                                        {"./a", '0', "one"},
                                        {"./b.skip", '0', std::string(700'000, 'x')},
                                        {"./c", '1', "./a"},
                                        {"./d", '2', "../out"},
                                        {"./e", '0', ""}});
  const std::vector<std::string> expected = {".:", "a:one", "b.skip:", "c:a", "d:../out", "e:"};
  CHECK(walked(tar) == expected);
  CHECK(walked(test::zstd_of(tar)) == expected);
}

TEST_CASE("a walk that has enough stops in front of damage", "[archive]") {
  std::string tar = test::tar_of({{"a", '0', "one"}, {"b", '0', std::string(1'000'000, 'x')}});
  tar.resize(500'000);
  CHECK(walked(tar, {}, "a").size() == 1);
  CHECK(fault_of(tar) == Fault::verification);
}

TEST_CASE("members that lead out of the tree are refused", "[archive]") {
  CHECK(fault_of(test::tar_of({{"../a", '0', "x"}})) == Fault::verification);
  CHECK(fault_of(test::tar_of({{"/etc/a", '0', "x"}})) == Fault::verification);
  CHECK(fault_of(test::tar_of({{"a", '0', "x"}, {"b", '1', "../../a"}})) == Fault::verification);
}

TEST_CASE("a walk ends at its limits", "[archive]") {
  const std::string tar = test::tar_of({{"a", '0', "one"}, {"b", '2', std::string(90, 'x')}});
  CHECK(fault_of(tar, {.members = 1}) == Fault::verification);
  CHECK(fault_of(tar, {.bytes = 2}) == Fault::verification);
  CHECK(fault_of(tar, {.names = 90}) == Fault::verification);
  CHECK(walked(tar, {.members = 2, .bytes = 3, .names = 92}).size() == 2);
}

TEST_CASE("what is no tar, and a size that no content follows, are refused", "[archive]") {
  CHECK(fault_of("no tar at all") == Fault::verification);
  std::string huge = test::tar_of({{"a.skip", '0', "x"}});
  huge.replace(124, 12, std::string("\x80\0\0\0\0\0\x0f\xff\xff\xff\xff\xff", 12));
  CHECK(fault_of(huge) == Fault::verification);
}
