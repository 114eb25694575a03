// SPDX-License-Identifier: Apache-2.0
#include "run/release_tree.hpp"

#include "archive/file_lookup.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"
#include "support/tar_text.hpp"
#include "support/tiny_release.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

const archive::ListedFile& file_in(const run::ReleaseTree& tree, const std::string& path) {
  return archive::FileLookup(tree.files).required(path, archive::LastLink::follow);
}

std::string content_of(const run::ReleaseTree& tree, const std::string& path) {
  test::MemorySink sink;
  run::copy_content(tree, file_in(tree, path), sink);
  return sink.bytes;
}

template <class Work>
Fault fault_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

fs::path replaced(const std::string& text, std::string_view from, std::string_view to,
                  const fs::path& path) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  std::string edited = text;
  os::write_file(path, edited.replace(at, from.size(), to));
  return path;
}

}  // namespace

TEST_CASE("a release, its tar and its list alone hold the same files") {
  const os::TempDir temp("release tree");
  const test::TinyRelease release(temp.path(), "a");
  release.build();
  const auto whole = run::open_release_tree(release.folder, run::Digests::if_listed);
  const auto tar = run::open_release_tree(release.tar(), run::Digests::always);
  const auto list = run::open_release_tree(release.list(), run::Digests::if_listed);
  CHECK(whole.source == run::TreeSource::release);
  CHECK(whole.statement->facts.product == "a");
  CHECK(tar.source == run::TreeSource::tar);
  CHECK(list.source == run::TreeSource::file_list);
  CHECK(whole.files == tar.files);
  CHECK(whole.files == list.files);
  CHECK(content_of(whole, "/bin/a second name") == content_of(tar, "/usr/bin/tool"));
  CHECK(content_of(whole, "/etc/out") == "node\n");
  CHECK(content_of(tar, "/etc/absolute").size() == 13);
}

TEST_CASE("a release without a list is listed from its tar, one without other files is read") {
  const os::TempDir temp("release tree");
  const test::TinyRelease release(temp.path(), "a");
  release.build();
  fs::remove(release.list());
  fs::remove(release.folder / "a-1.0.efi");
  const auto tree = run::open_release_tree(release.folder, run::Digests::if_listed);
  CHECK_FALSE(file_in(tree, "usr/bin/tool").digest);
  CHECK(content_of(tree, "/etc/hostname") == "node\n");
  fs::remove(release.tar());
  CHECK(fault_of([&] { run::open_release_tree(release.folder, run::Digests::always); }) ==
        Fault::input);
}

TEST_CASE("what is no release, tar or list is bad input") {
  const os::TempDir temp("release tree");
  const auto open = [](const fs::path& path) {
    return fault_of([&] { run::open_release_tree(path, run::Digests::always); });
  };
  CHECK(open(temp.path() / "nothing") == Fault::input);
  CHECK(open(temp.path()) == Fault::input);
  CHECK(open("/dev/null") == Fault::input);
  os::write_file(temp.path() / "text", "some text");
  CHECK(open(temp.path() / "text") == Fault::input);
  os::write_file(temp.path() / "broken.mtree", "#mtree\n./x type=file\n");
  CHECK(open(temp.path() / "broken.mtree") == Fault::verification);
  os::write_file(temp.path() / "broken.tar.zst", "\x28\xb5\x2f\xfd and then nothing of it");
  CHECK(open(temp.path() / "broken.tar.zst") == Fault::verification);
}

TEST_CASE("content that is not what the list says is a failed verification") {
  const os::TempDir temp("release tree");
  const test::TinyRelease release(temp.path(), "a");
  release.build();
  const std::string list = os::read_file(release.list());
  for (const auto& [from, to] :
       {std::pair("sha256digest=", "sha256digest=00"), {"size=5", "size=6"}}) {
    std::string line = list.substr(list.find("./etc/hostname"));
    line = line.substr(0, line.find('\n'));
    std::string edited = line;
    edited.replace(edited.find(from), std::string_view(to).size(), to);
    replaced(list, line, edited, release.list());
    const auto tree = run::open_release_tree(release.folder, run::Digests::always);
    CHECK(fault_of([&] { content_of(tree, "/etc/hostname"); }) == Fault::verification);
    CHECK(fault_of([&] {
            run::read_contents(tree, {"etc/hostname"}, 100, [](const auto&, const auto&) {});
          }) == Fault::verification);
  }
}

TEST_CASE("a file that only the list has is a failed verification") {
  const os::TempDir temp("release tree");
  const test::TinyRelease release(temp.path(), "a");
  release.build();
  replaced(os::read_file(release.list()), "./etc/hostname", "./etc/hostnome", release.list());
  const auto tree = run::open_release_tree(release.folder, run::Digests::always);
  CHECK(fault_of([&] { content_of(tree, "/etc/hostnome"); }) == Fault::verification);
}

TEST_CASE("contents come in one pass, by every name that was asked for, within the limit") {
  const os::TempDir temp("release tree");
  const test::TinyRelease release(temp.path(), "a");
  release.build();
  const auto tree = run::open_release_tree(release.folder, run::Digests::always);
  std::map<std::string, std::string> seen;
  const auto visit = [&](const std::string& path, const std::string& content) {
    seen[path] = content;
  };
  run::read_contents(tree, {"etc/hostname", "usr/bin/tool", "usr/bin/a second name"}, 100, visit);
  CHECK(seen.size() == 3);
  CHECK(seen["usr/bin/tool"] == seen["usr/bin/a second name"]);
  CHECK(fault_of([&] { run::read_contents(tree, {"usr/bin/tool"}, 12, visit); }) ==
        Fault::verification);
}

TEST_CASE("a foreign tar without folders is read, a hostile one is refused") {
  const os::TempDir temp("release tree");
  const fs::path path = temp.path() / "x.tar";
  const auto write = [&](const std::vector<test::TarMember>& members) {
    os::write_file(path, test::tar_of(members));
    return path;
  };
  write({{"a/b/c", '0', "deep"}});
  const auto tree = run::open_release_tree(path, run::Digests::if_listed);
  CHECK(tree.files.size() == 4);
  CHECK(content_of(tree, "/a/b/c") == "deep");
  const auto open = [&] { run::open_release_tree(path, run::Digests::always); };
  write({{"../a", '0', "x"}});
  CHECK(fault_of(open) == Fault::verification);
  write({{"a", '0', "x"}, {"a", '0', "y"}});
  CHECK(fault_of(open) == Fault::verification);
  write({{"a", '1', "nowhere"}});
  CHECK(fault_of(open) == Fault::verification);
}
