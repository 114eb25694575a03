// SPDX-License-Identifier: Apache-2.0
#include "run/read_set.hpp"

#include "crypto/hasher.hpp"
#include "support/catch.hpp"
#include "support/library_cache_text.hpp"

using namespace ingot;
using archive::ListedFile;
using os::FileKind;
using os::PathUse;

namespace {

ListedFile folder(const std::string& path) {
  return {.path = path, .kind = FileKind::folder, .mode = 0755};
}

ListedFile file(const std::string& path, const std::string& content = "x") {
  return {.path = path, .mode = 0644, .size = content.size(), .digest = crypto::digest_of(content)};
}

ListedFile link_to(const std::string& path, const std::string& target) {
  return {.path = path, .kind = FileKind::link, .mode = 0777, .target = target};
}

std::string libraries = test::library_cache_text({{"libc.so.6", "/usr/lib/libc.so.6"}});

/// A small merged /usr.
std::vector<ListedFile> tree() {
  return {folder("."),
          folder("etc"),
          file("etc/conf"),
          file("etc/ld.so.cache", libraries),
          link_to("lib", "usr/lib"),
          folder("run"),
          folder("usr"),
          folder("usr/lib"),
          file("usr/lib/libc.so.6"),
          file("usr/lib/libfoo.so.1"),
          file("usr/lib/libfoo.so.2"),
          file("usr/lib/other"),
          folder("usr/share")};
}

Sha256 answer(const run::ReadSet& reads, const std::vector<ListedFile>& files,
              const std::string& cache = libraries) {
  return run::answer_to(reads, files, {"usr/share"}, [&](const std::string&) { return cache; });
}

run::ReadSet reading(std::map<std::string, PathUse> paths) {
  run::ReadSet reads;
  reads.trace.paths = std::move(paths);
  return reads;
}

std::vector<ListedFile> with(ListedFile added) {
  std::vector<ListedFile> files = tree();
  std::erase_if(files, [&](const ListedFile& one) { return one.path == added.path; });
  files.push_back(std::move(added));
  archive::put_in_order(files);
  return files;
}

std::vector<ListedFile> without(const std::string& path) {
  std::vector<ListedFile> files = tree();
  std::erase_if(files, [&](const ListedFile& one) { return one.path == path; });
  return files;
}

}  // namespace

TEST_CASE("files count that were read, others do not", "[run]") {
  const auto reads = reading({{"/etc/conf", PathUse::opened}});
  const Sha256 before = answer(reads, tree());
  CHECK(answer(reads, with(file("usr/lib/other", "new"))) == before);
  CHECK(answer(reads, with(file("etc/more"))) == before);
  CHECK(answer(reads, with(file("etc/conf", "new"))) != before);
  CHECK(answer(reads, without("etc/conf")) != before);
  ListedFile writable = file("etc/conf");
  writable.mode = 0666;
  CHECK(answer(reads, with(writable)) != before);
  ListedFile later = file("etc/conf");
  later.mtime = 7;
  CHECK(answer(reads, with(later)) != before);
}

TEST_CASE("what was missed counts when it appears, also as a folder on the way", "[run]") {
  const auto reads = reading({{"/etc/none", PathUse::looked}, {"/opt/a/b", PathUse::looked}});
  const Sha256 before = answer(reads, tree());
  CHECK(answer(reads, with(file("etc/none"))) != before);
  CHECK(answer(reads, with(folder("opt"))) != before);
  CHECK(answer(reads, with(file("etc/some"))) == before);
}

TEST_CASE("links are followed as the kernel does", "[run]") {
  const auto reads = reading({{"/etc/../lib/other", PathUse::opened}});
  const Sha256 before = answer(reads, tree());
  CHECK(answer(reads, with(file("usr/lib/other", "new"))) != before);
  CHECK(answer(reads, with(link_to("lib", "/usr/lib"))) != before);
  CHECK(answer(reads, with(link_to("usr/lib/other", "/lib/other"))) != before);  // a circle ends
  const auto elsewhere = reading({{"/etc/conf", PathUse::opened}});
  CHECK(answer(elsewhere, with(link_to("etc/conf", "/run/conf"))) != answer(elsewhere, tree()));
}

TEST_CASE("names count in folders that were opened, times of folders only where copied", "[run]") {
  const auto looked = reading({{"/etc", PathUse::looked}});
  const auto opened = reading({{"/etc", PathUse::opened}});
  CHECK(answer(looked, with(file("etc/more"))) == answer(looked, tree()));
  CHECK(answer(opened, with(file("etc/more"))) != answer(opened, tree()));
  CHECK(answer(opened, with(file("etc/conf", "new"))) == answer(opened, tree()));
  ListedFile later = folder("etc");
  later.mtime = 7;
  CHECK(answer(opened, with(later)) == answer(opened, tree()));
  run::ReadSet copied = looked;
  copied.copied = {"etc"};
  CHECK(answer(copied, with(later)) != answer(copied, tree()));
  ListedFile closed = folder("etc");
  closed.mode = 0700;
  CHECK(answer(looked, with(closed)) != answer(looked, tree()));
}

TEST_CASE("what lies in a hidden folder does not count", "[run]") {
  const auto reads = reading({{"/usr/share/a", PathUse::opened}, {"/usr/share", PathUse::opened}});
  CHECK(answer(reads, with(file("usr/share/a"))) == answer(reads, tree()));
}

TEST_CASE("of the loader's list the libraries count that were asked for", "[run]") {
  const auto reads =
      reading({{"/etc/ld.so.cache", PathUse::opened}, {"/usr/lib/libc.so.6", PathUse::opened}});
  const Sha256 before = answer(reads, tree());
  const auto changed = [&](std::vector<std::pair<std::string, std::string>> list) {
    const std::string text = test::library_cache_text(list);
    return answer(reads, with(file("etc/ld.so.cache", text)), text);
  };
  CHECK(changed({{"libbar.so.1", "/usr/lib/libbar.so.1"}, {"libc.so.6", "/usr/lib/libc.so.6"}}) ==
        before);
  CHECK(changed({{"libc.so.6", "/opt/libc.so.6"}}) != before);
  CHECK(changed({}) != before);
  CHECK(answer(reads, with(file("etc/ld.so.cache", "broken")), "broken") != before);
}

TEST_CASE("of libraries in an opened folder those count that a pattern may mean", "[run]") {
  run::ReadSet reads =
      reading({{"/usr/lib", PathUse::opened}, {"/usr/lib/libc.so.6", PathUse::opened}});
  reads.patterns = {"lib*", "libnss_*", "libc.so.*"};
  run::note_unused_patterns(reads, tree(), {});
  // libfoo.so.1 was there and nobody looked at it.
  CHECK(reads.unused == std::map<std::string, std::set<std::string>>{{"usr/lib", {"lib*"}}});
  const Sha256 before = answer(reads, tree());
  CHECK(answer(reads, with(file("usr/lib/libbar.so.1"))) == before);
  CHECK(answer(reads, without("usr/lib/libfoo.so.2")) == before);
  CHECK(answer(reads, with(file("usr/lib/libnss_x.so.2"))) != before);
  CHECK(answer(reads, with(file("usr/lib/libc.so.7"))) != before);
  CHECK(answer(reads, with(file("usr/lib/bar"))) != before);
}

TEST_CASE("a pattern whose matches were all looked at may have been meant", "[run]") {
  run::ReadSet reads = reading({{"/usr/lib", PathUse::opened},
                                {"/usr/lib/libfoo.so.1", PathUse::opened},
                                {"/usr/lib/libfoo.so.2", PathUse::opened}});
  reads.patterns = {"libfoo.so.*"};
  run::note_unused_patterns(reads, tree(), {});
  CHECK(reads.unused.empty());
  CHECK(answer(reads, with(file("usr/lib/libfoo.so.3"))) != answer(reads, tree()));
}

TEST_CASE("a packed read set comes back, one that is cut or has a gap does not", "[run]") {
  run::ReadSet reads = reading({{"/etc\xff", PathUse::opened}, {"/a b", PathUse::looked}});
  reads.patterns = {"a*"};
  reads.unused = {{"etc", {"a*"}}};
  reads.copied = {"etc"};
  const std::vector<std::uint8_t> bytes = packed(reads);
  const auto back = run::unpacked_read_set(bytes);
  REQUIRE(back);
  CHECK(back->trace.paths == reads.trace.paths);
  CHECK(back->patterns == reads.patterns);
  CHECK(back->unused == reads.unused);
  CHECK(back->copied == reads.copied);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(run::unpacked_read_set(std::span(bytes).first(size)));
  reads.trace.gap = "something";
  CHECK_FALSE(run::unpacked_read_set(packed(reads)));
}
