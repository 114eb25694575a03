// SPDX-License-Identifier: Apache-2.0
#include "archive/file_lookup.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using archive::FileLookup;
using archive::LastLink;
using archive::ListedFile;

namespace {

ListedFile folder(const std::string& path) {
  ListedFile file;
  file.path = path;
  file.kind = os::FileKind::folder;
  return file;
}

ListedFile regular(const std::string& path, const std::string& first_name = {}) {
  ListedFile file;
  file.path = path;
  file.hard_link = first_name;
  return file;
}

ListedFile link(const std::string& path, const std::string& target) {
  ListedFile file;
  file.path = path;
  file.kind = os::FileKind::link;
  file.target = target;
  return file;
}

std::vector<ListedFile> tree() {
  std::vector<ListedFile> files = {folder("."),
                                   link("bin", "usr/bin"),
                                   folder("etc"),
                                   link("etc/absolute", "/usr/bin/bash"),
                                   link("etc/up", "../../../../usr"),
                                   link("etc/circle", "circle"),
                                   link("etc/round", "../etc/about"),
                                   link("etc/about", "round"),
                                   link("etc/gone", "/nowhere"),
                                   folder("usr"),
                                   folder("usr/bin"),
                                   regular("usr/bin/bash"),
                                   regular("usr/bin/bash-2", "usr/bin/bash"),
                                   regular("usr/bin-extra"),
                                   folder("usr/lib"),
                                   regular("usr/lib/libcuda.so.1")};
  archive::put_in_order(files);
  return files;
}

std::string end_of(const FileLookup& files, std::string_view path,
                   LastLink last = LastLink::follow) {
  const ListedFile* file = files.resolved(path, last);
  return file == nullptr ? "nowhere" : file->path;
}

std::string complaint(const FileLookup& files, std::string_view path) {
  try {
    files.required(path, LastLink::follow);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    return error.message();
  }
  return "none";
}

}  // namespace

TEST_CASE("paths lead where the system in the tree would get", "[archive]") {
  const auto list = tree();
  const FileLookup files(list);
  CHECK(end_of(files, "/") == ".");
  CHECK(end_of(files, "") == ".");
  CHECK(end_of(files, "usr/bin/bash") == "usr/bin/bash");
  CHECK(end_of(files, "//bin/./bash") == "usr/bin/bash");
  CHECK(end_of(files, "/etc/absolute") == "usr/bin/bash");
  CHECK(end_of(files, "/etc/absolute", LastLink::keep) == "etc/absolute");
  CHECK(end_of(files, "/bin", LastLink::keep) == "bin");
  CHECK(end_of(files, "/bin/", LastLink::keep) == "usr/bin");
}

TEST_CASE("no link and no .. leads out of the tree", "[archive]") {
  const auto list = tree();
  const FileLookup files(list);
  CHECK(end_of(files, "/etc/up/bin/bash") == "usr/bin/bash");
  CHECK(end_of(files, "../../etc/../usr/lib") == "usr/lib");
  CHECK(end_of(files, "/bin/../lib") == "usr/lib");
}

TEST_CASE("links in a circle, and through files, end nowhere with a reason", "[archive]") {
  const auto list = tree();
  const FileLookup files(list);
  CHECK(end_of(files, "/etc/circle") == "nowhere");
  CHECK(complaint(files, "/etc/circle").find("circle") != std::string::npos);
  CHECK(complaint(files, "/etc/round").find("circle") != std::string::npos);
  CHECK(complaint(files, "/usr/bin/bash/x").find("/usr/bin/bash is no folder") !=
        std::string::npos);
  CHECK(complaint(files, "/usr/bin/bash/").find("is no folder") != std::string::npos);
  CHECK(complaint(files, "/etc/gone").find("/ has no nowhere") != std::string::npos);
}

TEST_CASE("a path that is missing is answered with what was perhaps meant", "[archive]") {
  const auto list = tree();
  const FileLookup files(list);
  CHECK(complaint(files, "/bin/bsah").find("did you mean /usr/bin/bash?") != std::string::npos);
  CHECK(complaint(files, "/etc/libcuda.so.1").find("there is /usr/lib/libcuda.so.1") !=
        std::string::npos);
  CHECK(complaint(files, "/completely/else").find("did you mean") == std::string::npos);
}

TEST_CASE("a folder's content is what lies in it, not beside it", "[archive]") {
  const auto list = tree();
  const FileLookup files(list);
  std::vector<std::string> names;
  for (const ListedFile* file : files.inside(*files.find("usr"))) names.push_back(file->path);
  CHECK(names == std::vector<std::string>{"usr/bin", "usr/bin-extra", "usr/lib"});
  CHECK(files.below(*files.find("usr")).size() == 6);
  CHECK(files.inside(*files.find(".")).size() == 3);
  CHECK(files.below(*files.find(".")).size() == list.size() - 1);
}
