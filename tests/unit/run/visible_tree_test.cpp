// SPDX-License-Identifier: Apache-2.0
#include "run/visible_tree.hpp"

#include <string>

#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "run/finished_tree.hpp"
#include "store/entry_index.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t epoch = 1'000'000;

struct Fixture {
  os::TempDir temp{"visible-test"};
  store::Store store{temp.path() / "cache"};

  store::Entry layer(const std::string& key,
                     const std::map<std::string, std::string>& files) const {
    auto stage = store.begin_entry(crypto::digest_of(key));
    for (const auto& [path, text] : files) os::write_file(stage->folder() / path, text);
    store::write_index(*stage);
    return stage->commit({});
  }

  Sha256 seen(const std::vector<store::Entry>& layers) const {
    return run::visible_tree(layers, {"etc/hidden", "etc/none"}, epoch).digest;
  }
};

}  // namespace

TEST_CASE("a change in a hidden folder is not seen, every other one is", "[run]") {
  const Fixture f;
  const auto base = f.layer("base", {{"etc/hidden/a", "1"}, {"etc/hiddenly", "1"}, {"usr/b", "2"}});
  const Sha256 before = f.seen({base});
  CHECK(f.seen({base, f.layer("1", {{"etc/hidden/a", "other"}, {"etc/hidden/b/c", "new"}})}) ==
        before);
  CHECK(f.seen({base, f.layer("2", {{"etc/hiddenly", "other"}})}) != before);
  CHECK(f.seen({base, f.layer("3", {{"usr/new", ""}})}) != before);
  CHECK(f.seen({base, f.layer("4", {{"etc/none/new", ""}})}) != before);
}

TEST_CASE("which hidden folders exist is told", "[run]") {
  const Fixture f;
  const auto base = f.layer("base", {{"etc/hidden/a", "1"}});
  CHECK(run::visible_tree({base}, {"etc/hidden", "etc/none"}, epoch).hidden ==
        std::vector<std::string>{"etc/hidden"});
}

TEST_CASE("a name with an open end hides every folder that begins so", "[run]") {
  const Fixture f;
  const auto base = f.layer("base", {{"usr/kbuild-6.1/a", "1"},
                                     {"usr/kbuild-6.2/a", "1"},
                                     {"usr/kbuild", "1"},
                                     {"usr/kb/a", "1"}});
  const auto seen = run::visible_tree({base}, {"usr/kbuild-*"}, epoch);
  CHECK(seen.hidden == std::vector<std::string>{"usr/kbuild-6.1", "usr/kbuild-6.2"});
  const auto above = f.layer("above", {{"usr/kbuild-6.2/b/c", "new"}});
  CHECK(run::visible_tree({base, above}, {"usr/kbuild-*"}, epoch).digest == seen.digest);
  const auto other = f.layer("other", {{"usr/kb/b", "new"}});
  CHECK(run::visible_tree({base, other}, {"usr/kbuild-*"}, epoch).digest != seen.digest);
}

TEST_CASE("a finished tree is read where its layers lie", "[run]") {
  const Fixture f;
  run::FinishedTree tree({f.layer("base", {{"etc/a", "old"}, {"etc/b", "kept"}}),
                          f.layer("upper", {{"etc/a", "new"}})},
                         f.temp.path() / "tree", epoch);
  std::string texts;
  for (const archive::ListedFile& file : tree.files()) {
    CHECK(file.mtime <= epoch);
    if (file.kind != os::FileKind::regular) continue;
    std::vector<std::uint8_t> bytes(16);
    const os::Fd fd = tree.open(file);
    const std::size_t count = os::read_some(fd.get(), bytes, file.path);
    texts += file.path + "=" +
             std::string(bytes.begin(), bytes.begin() + static_cast<long>(count)) + " ";
    CHECK(file.digest);
  }
  CHECK(texts == "etc/a=new etc/b=kept ");
}
