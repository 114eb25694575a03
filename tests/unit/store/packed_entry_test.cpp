// SPDX-License-Identifier: Apache-2.0
#include "store/packed_entry.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "os/file.hpp"
#include "store/entry_index.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  os::TempDir temp{"packed-test"};
  store::Store here{temp.path() / "here"};
  store::Store there{temp.path() / "there"};
  Sha256 key = crypto::digest_of("key");
  fs::path file = temp.path() / "packed";
  store::Entry entry = made();

  store::Entry made() const {
    auto stage = here.begin_entry(key);
    os::write_file(stage->folder() / "etc/config", "some text");
    fs::create_symlink("config", stage->folder() / "etc/link");
    os::write_file(stage->beside("disk.pieces"), "pieces");
    store::write_index(*stage);
    return stage->commit({{"step", "install"}, {"milliseconds", "12"}});
  }
};

}  // namespace

TEST_CASE("a packed entry is the same in another store", "[store]") {
  const Fixture f;
  const crypto::FileDigest packed = store::pack_entry(f.entry, f.file);
  CHECK(packed == crypto::measure_file(f.file));
  {
    auto stage = f.there.begin_entry(f.key);
    REQUIRE(stage);
    const auto facts = store::unpack_entry(f.file, *stage);
    CHECK(facts == f.entry.facts);
    CHECK_FALSE(store::alteration(store::entry_of(*stage, facts), store::Look::content));
    stage->commit(facts);
  }
  const auto entry = f.there.find_entry(f.key);
  REQUIRE(entry);
  CHECK(entry->facts == f.entry.facts);
  CHECK(os::read_file(entry->root / "etc/config") == "some text");
  CHECK(os::read_file(entry->folder / "disk.pieces") == "pieces");
  CHECK_FALSE(store::alteration(*entry, store::Look::content));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& item : fs::directory_iterator(entry->folder)) ++files;
  CHECK(files == 4);
}

TEST_CASE("a packed entry that is damaged leaves nothing in the store", "[store]") {
  const Fixture f;
  store::pack_entry(f.entry, f.file);
  std::string bytes = os::read_file(f.file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
  os::write_file(f.file, bytes);
  {
    auto stage = f.there.begin_entry(f.key);
    REQUIRE(stage);
    CHECK_THROWS_AS(store::unpack_entry(f.file, *stage), Error);
  }
  CHECK_FALSE(f.there.find_entry(f.key));
  CHECK(fs::is_empty(f.there.folder() / "trees"));
}
