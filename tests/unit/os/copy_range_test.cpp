// SPDX-License-Identifier: Apache-2.0
#include "os/copy_range.hpp"

#include <fcntl.h>

#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

struct Pair {
  os::TempDir folder{"copy range"};
  std::filesystem::path from = folder.path() / "from";
  std::filesystem::path to = folder.path() / "to";
};

}  // namespace

TEST_CASE("a range of a file is copied to a place in another", "[os]") {
  const Pair pair;
  std::string content(3'000'000, 'a');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>('a' + i % 23);
  os::write_file(pair.from, content);
  os::write_file(pair.to, std::string(10, '.'));
  const os::Fd in = os::open_file(pair.from, O_RDONLY);
  const os::Fd out = os::open_file(pair.to, O_RDWR);
  os::copy_range({in.get(), pair.from, 5}, {out.get(), pair.to, 3}, 2'500'000);
  os::copy_range({in.get(), pair.from, 5}, {out.get(), pair.to, 3}, 0);
  const std::string result = os::read_file(pair.to);
  REQUIRE(result.size() == 2'500'003);
  CHECK(result.substr(0, 3) == "...");
  CHECK(result.substr(3) == content.substr(5, 2'500'000));
}

TEST_CASE("where the kernel cannot copy, bytes are read and written", "[os]") {
  const Pair pair;
  os::write_file(pair.from, "0123456789");
  os::write_file(pair.to, "");
  const os::Fd in = os::open_file(pair.from, O_RDONLY);
  // copy_file_range(2) refuses descriptors that append, and ranges that overlap in one file.
  const os::Fd append = os::open_file(pair.to, O_WRONLY | O_APPEND);
  os::copy_range({in.get(), pair.from, 2}, {append.get(), pair.to, 0}, 5);
  CHECK(os::read_file(pair.to) == "23456");
  const os::Fd same = os::open_file(pair.from, O_RDWR);
  os::copy_range({same.get(), pair.from, 0}, {same.get(), pair.from, 2}, 4);
  CHECK(os::read_file(pair.from) == "0101236789");
}

TEST_CASE("a range behind the end of a file is an error", "[os]") {
  const Pair pair;
  os::write_file(pair.from, "0123456789");
  os::write_file(pair.to, "");
  const os::Fd in = os::open_file(pair.from, O_RDONLY);
  const os::Fd out = os::open_file(pair.to, O_RDWR);
  CHECK_THROWS_AS(os::copy_range({in.get(), pair.from, 5}, {out.get(), pair.to, 0}, 6), Error);
}
