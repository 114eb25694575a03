// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_plan.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

disk::Ext4Spec spec_of(Bytes size) {
  disk::Ext4Spec spec;
  spec.size = size;
  spec.epoch = 1'700'000'000;
  return spec;
}

std::vector<archive::ListedFile> files_of(std::uint64_t size) {
  std::vector files = {test::listed_folder(".")};
  files.push_back(test::listed_file("a", 0));
  files.back().size = size;
  files.push_back(test::listed_file("b", 0));
  files.back().size = 1;
  files.push_back(test::listed_file("c", 0));
  return files;
}

}  // namespace

TEST_CASE("no two parts of a file system share a block") {
  const auto files = files_of(700'000'000);
  const disk::Ext4Plan plan = disk::plan_ext4(spec_of(1_GiB), files);
  std::uint64_t end = 0;
  for (const disk::Ext4Piece& piece : plan.pieces) {
    REQUIRE(piece.block >= end);
    end = piece.block + piece.count;
  }
  CHECK(end <= plan.geometry.blocks);
}

TEST_CASE("a file is one run but for the tables of groups") {
  const auto files = files_of(100'000'000);
  const disk::Ext4Plan plan = disk::plan_ext4(spec_of(2_GiB), files);
  const auto runs = plan.runs_of(plan.holdings[2]);
  REQUIRE(runs.size() <= 2);
  CHECK(plan.runs_of(plan.holdings[3]).size() == 1);
  CHECK(plan.runs_of(plan.holdings[3])[0].first == runs.back().end());
  CHECK(plan.runs_of(plan.holdings[4]).empty());
}

TEST_CASE("a refusal names a size at which the tree fits, and no larger one") {
  const auto files = files_of(900'000'000);
  std::string message;
  try {
    disk::plan_ext4(spec_of(512_MiB), files);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    message = error.message();
  }
  INFO(message);
  CHECK(message.find("it has 512 MiB") != std::string::npos);
  const std::string words = "need a partition of ";
  const std::uint64_t mib = std::stoull(message.substr(message.find(words) + words.size()));
  CHECK_NOTHROW(disk::plan_ext4(spec_of({mib << 20}), files));
  CHECK_THROWS_AS(disk::plan_ext4(spec_of({(mib - 1) << 20}), files), Error);
}

TEST_CASE("a file of a size that no disk has is refused, not wrapped") {
  CHECK_THROWS_AS(disk::plan_ext4(spec_of(1_GiB), files_of(~0ULL)), Error);
  CHECK_THROWS_AS(disk::plan_ext4(spec_of(1_GiB), files_of(1ULL << 43)), Error);
}
