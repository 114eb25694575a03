// SPDX-License-Identifier: Apache-2.0
#include "disk/layout.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("partitions start on whole MiB and the root takes the rest") {
  const disk::Layout layout =
      disk::plan_layout({.size = 4_GiB, .esp_size = 512_MiB, .seed = Sha256{}});
  CHECK(layout.esp().offset() == (1_MiB).count);
  CHECK(layout.esp().size() == 512_MiB);
  CHECK(layout.root().offset() == (513_MiB).count);
  CHECK(layout.root().size() == Bytes{(4_GiB).count - (514_MiB).count});
  CHECK(layout.root_word() == "root=PARTUUID=" + layout.root().id.text());
  CHECK((layout.root().attributes >> 59 & 1) == 1);
}

TEST_CASE("every id follows from the seed and no two are the same") {
  const disk::DiskSpec spec{.size = 1_GiB, .esp_size = 64_MiB, .seed = Sha256{}};
  const disk::Layout one = disk::plan_layout(spec);
  const disk::Layout two = disk::plan_layout(spec);
  CHECK(one.table == two.table);
  CHECK(one.volume_id == two.volume_id);
  CHECK(one.file_system != one.hash_seed);
  CHECK(one.root().id != one.file_system);
  CHECK(one.table.disk != one.esp().id);
  disk::DiskSpec other = spec;
  other.seed = Sha256::from_hex(std::string(64, '1'));
  CHECK(disk::plan_layout(other).root().id != one.root().id);
}

TEST_CASE("sizes that cannot hold the partitions are refused with what is needed") {
  CHECK_THROWS_AS(disk::plan_layout({.size = 1_GiB, .esp_size = 32_MiB, .seed = {}}), Error);
  try {
    disk::plan_layout({.size = 512_MiB, .esp_size = 512_MiB, .seed = {}});
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(error.message().find("642 MiB are needed") != std::string::npos);
  }
}
