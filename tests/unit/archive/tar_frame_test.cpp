// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_frame.hpp"

#include <algorithm>

#include "archive/path_mark.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

constexpr archive::TarCut cut{.least = 4096, .most = 16384, .one_in = 4};

std::vector<archive::TarFrame> frames_of(
    const std::vector<std::pair<std::string, std::uint64_t>>& files) {
  archive::TarCutter cutter(cut);
  std::vector<archive::TarFrame> frames;
  for (std::size_t i = 0; i < files.size(); ++i)
    for (auto& frame : cutter.add(i, files[i].first, 512, files[i].second))
      frames.push_back(std::move(frame));
  frames.push_back(cutter.finish());
  return frames;
}

/// The names that frames begin with, where they begin with a whole file; sorted.
std::vector<std::string> beginnings(
    const std::vector<std::pair<std::string, std::uint64_t>>& files) {
  std::vector<std::string> names;
  for (const archive::TarFrame& frame : frames_of(files))
    if (!frame.stretches.empty() && frame.stretches[0].offset == 0)
      names.push_back(files[frame.stretches[0].member].first);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("the mark of a path never changes", "[archive]") {
  CHECK(archive::path_mark("") == 0xefd01f60ba992926);
  CHECK(archive::path_mark("etc/passwd") == archive::path_mark(std::string("etc/passwd")));
  CHECK(archive::path_mark("caf\xc3\xa9") != archive::path_mark("cafe"));
}

TEST_CASE("members come in the order of a walk, with content at the first name", "[archive]") {
  std::vector<archive::ListedFile> files = {test::listed_file("a-b"), test::listed_file("a/c"),
                                            test::listed_file("a/z"), test::listed_file("\xff")};
  files[0].hard_link = "a/c";
  files = test::listed_tree(files);
  const auto members = archive::tar_members(files);
  std::vector<std::string> paths;
  for (const archive::TarMember& member : members) paths.push_back(member.file->path);
  CHECK(paths == std::vector<std::string>{".", "a", "a/c", "a/z", "a-b", "\xff"});
  CHECK(members[2].first == nullptr);
  REQUIRE(members[4].first != nullptr);
  CHECK(members[4].first->path == "a/c");
  CHECK(archive::tar_content_of(members[2]) == 1);
  CHECK(archive::tar_content_of(members[4]) == 0);
}

TEST_CASE("a large file is cut at multiples of the largest frame", "[archive]") {
  const auto frames = frames_of({{"small", 100}, {"large", 40000}, {"after", 10}});
  REQUIRE(frames.size() == 4);
  CHECK(frames[0].size == 1024);
  CHECK(frames[1].stretches[0].offset == 0);
  CHECK(frames[1].stretches[0].length == 16384);
  CHECK(frames[1].size == 16384 + 512);
  CHECK(frames[2].stretches[0].offset == 16384);
  CHECK(frames[3].stretches[0].offset == 32768);
  CHECK(frames[3].stretches[0].length == 7232);
  CHECK(frames[3].stretches.size() == 2);
  CHECK(frames[3].last);
  CHECK(frames[3].size == 7680 + 512 + 512 + 1024);
}

TEST_CASE("sizes of frames have bounds, and every byte is in one of them", "[archive]") {
  std::vector<std::pair<std::string, std::uint64_t>> files;
  std::uint64_t sum = 1024;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    files.emplace_back("usr/lib/file" + std::to_string(i), (i * 7919) % 5000);
    sum += 512 + (files.back().second + 511) / 512 * 512;
  }
  std::uint64_t found = 0;
  for (const archive::TarFrame& frame : frames_of(files)) {
    found += frame.size;
    CHECK((frame.size >= cut.least || frame.last));
    CHECK(frame.size <= cut.most + 1024);
  }
  CHECK(found == sum);
}

TEST_CASE("a new file moves few of the cuts", "[archive]") {
  std::vector<std::pair<std::string, std::uint64_t>> files;
  for (std::uint64_t i = 0; i < 2000; ++i)
    files.emplace_back("usr/lib/file" + std::to_string(i), (i * 7919) % 3000);
  const auto before = beginnings(files);
  files.insert(files.begin() + 1000, {"usr/lib/new", 3000});
  const auto after = beginnings(files);
  std::vector<std::string> same;
  std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(same));
  CHECK(before.size() > 100);
  CHECK(same.size() + 10 > before.size());
}

TEST_CASE("an empty archive is one frame with its end", "[archive]") {
  const auto frames = frames_of({});
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].last);
  CHECK(frames[0].size == 1024);
}
