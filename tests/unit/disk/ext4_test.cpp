// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/words.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

disk::Ext4Spec sample(const std::filesystem::path& folder) {
  disk::Ext4Spec spec;
  spec.tree = folder;
  spec.image = folder / "image";
  spec.offset = 65 << 20;
  spec.size = 2_GiB;
  spec.id = disk::Guid::from_text("11111111-2222-4333-8444-555555555555");
  spec.hash_seed = disk::Guid::from_text("11111111-2222-4333-8444-666666666666");
  spec.epoch = 1'700'000'000;
  return spec;
}

Fault fault_of(const os::Outcome& outcome) {
  const os::TempDir folder("ext4");
  try {
    disk::make_ext4([&](const auto&, const auto&) { return outcome; }, sample(folder.path()));
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

}  // namespace

TEST_CASE("mke2fs is told everything that its configuration and the clock would decide") {
  const os::Command command = disk::ext4_command(sample("/x"));
  const std::string line = joined(command.args, " ");
  CHECK(line.find("-U 11111111-2222-4333-8444-555555555555") != std::string::npos);
  CHECK(line.find("hash_seed=11111111-2222-4333-8444-666666666666") != std::string::npos);
  CHECK(line.find("offset=68157440") != std::string::npos);
  CHECK(line.find("-O none,has_journal") != std::string::npos);
  CHECK(line.find("resize_inode") != std::string::npos);
  CHECK(line.find("root_owner=0:0") != std::string::npos);
  CHECK(command.args.back() == "2097152k");
  CHECK(command.env.at("SOURCE_DATE_EPOCH") == "1700000000");
  CHECK(command.env.at("E2FSPROGS_FAKE_TIME") == "1700000000");
}

TEST_CASE("mke2fs sees the tree read-only and the image, nothing else") {
  const os::TempDir folder("ext4");
  std::vector<os::Bind> seen;
  const disk::Tool tool = [&](const os::Command&, const std::vector<os::Bind>& binds) {
    seen = binds;
    os::Outcome outcome;
    outcome.exit_code = 1;
    return outcome;
  };
  CHECK_THROWS_AS(disk::make_ext4(tool, sample(folder.path())), Error);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].access == os::Access::read_only);
  CHECK(seen[1].source == folder.path() / "image");
}

TEST_CASE("failures of mke2fs are told apart") {
  os::Outcome outcome;
  outcome.exit_code = 1;
  outcome.tail = {"mke2fs: Could not allocate block in ext2 filesystem while populating"};
  CHECK(fault_of(outcome) == Fault::input);
  outcome.tail = {"mke2fs: No space left on device while writing out and closing file system"};
  CHECK(fault_of(outcome) == Fault::io);
  outcome.tail = {"mke2fs: something else"};
  CHECK(fault_of(outcome) == Fault::step_failed);
  outcome.exit_code = 127;
  CHECK(fault_of(outcome) == Fault::input);
}
