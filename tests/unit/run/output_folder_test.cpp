// SPDX-License-Identifier: Apache-2.0
#include "run/output_folder.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("a release folder that is never committed leaves nothing") {
  const os::TempDir temp("output-folder");
  {
    const run::OutputFolder output(temp.path() / "out", "image-1");
    os::write_file(output.path() / "file", "half");
  }
  CHECK(names_in(temp.path() / "out").empty());
}

TEST_CASE("a committed release replaces the one before as a whole") {
  const os::TempDir temp("output-folder");
  for (const char* content : {"first", "second"}) {
    run::OutputFolder output(temp.path(), "image-1");
    os::write_file(output.path() / content, content);
    CHECK(output.commit() == temp.path() / "image-1");
  }
  CHECK(names_in(temp.path()) == std::vector<std::string>{"image-1"});
  CHECK(names_in(temp.path() / "image-1") == std::vector<std::string>{"second"});
}

TEST_CASE("a file in the place of a release is not overwritten") {
  const os::TempDir temp("output-folder");
  os::write_file(temp.path() / "image-1", "somebody's");
  run::OutputFolder output(temp.path(), "image-1");
  CHECK_THROWS_AS(output.commit(), Error);
  CHECK(os::read_file(temp.path() / "image-1") == "somebody's");
}

TEST_CASE("an output folder that cannot be made is an I/O fault") {
  const os::TempDir temp("output-folder");
  os::write_file(temp.path() / "file", "");
  try {
    run::OutputFolder output(temp.path() / "file" / "out", "image-1");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
  }
}

TEST_CASE("what a killed build of the same image left goes, that of another image stays") {
  const os::TempDir temp("output-folder");
  fs::create_directories(temp.path() / ".image-1.partial-abcdef/release");
  fs::create_directories(temp.path() / ".image-12.partial-abcdef");
  const run::OutputFolder output(temp.path(), "image-1");
  CHECK_FALSE(fs::exists(temp.path() / ".image-1.partial-abcdef"));
  CHECK(fs::exists(temp.path() / ".image-12.partial-abcdef"));
}
