// SPDX-License-Identifier: Apache-2.0
#include "agreement/initramfs.hpp"

#include <map>
#include <string>

#include "archive/decompress.hpp"
#include "archive/sink.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"
#include "support/tiny_cpio.hpp"

using namespace ingot;

namespace {

std::map<std::string, std::string> members_of(std::string_view bytes) {
  std::map<std::string, std::string> members;
  agreement::visit_initramfs(bytes, [&](std::string_view path, std::string_view content) {
    members.emplace(path, content);
  });
  return members;
}

std::string zstd(const std::string& plain) {
  test::MemorySink packed;
  archive::ZstdSink sink(packed, {.level = 3, .threads = 1});
  sink.write(std::span(reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size()));
  sink.finish();
  return std::string(packed.bytes.begin(), packed.bytes.end());
}

}  // namespace

TEST_CASE("plain archives and a compressed one after them are all visited", "[agreement]") {
  const std::string bytes = test::tiny_cpio({{"early", "1"}}) + std::string(300, '\0') +
                            test::tiny_cpio({{"second", "22"}}) + std::string(8, '\0') +
                            zstd(test::tiny_cpio({{"main/a", "333"}, {"main/b", ""}}));
  CHECK(members_of(bytes) ==
        std::map<std::string, std::string>{
            {"early", "1"}, {"second", "22"}, {"main/a", "333"}, {"main/b", ""}});
  CHECK(members_of("").empty());
}

TEST_CASE("damage is refused wherever it is", "[agreement]") {
  const std::string whole = test::tiny_cpio({{"member", "content"}, {"other", "more"}});
  for (std::size_t length = 1; length + 4 < whole.size(); ++length)
    CHECK_THROWS_AS(members_of(whole.substr(0, length)), Error);
  std::string huge = whole;
  huge.replace(6 + 6 * 8, 8, "FFFFFFFF");
  CHECK_THROWS_AS(members_of(huge), Error);
  std::string odd = whole;
  odd.replace(6 + 6 * 8, 8, "0000000G");
  CHECK_THROWS_AS(members_of(odd), Error);
  CHECK_THROWS_AS(members_of(zstd("no cpio")), Error);
  CHECK_THROWS_AS(members_of("neither"), Error);
}

TEST_CASE("compressed bytes that hold more than allowed are refused", "[archive]") {
  const std::string packed = zstd(std::string(100'000, 'a'));
  CHECK(archive::decompressed(packed, 100'000, "it").size() == 100'000);
  CHECK_THROWS_AS(archive::decompressed(packed, 99'999, "it"), Error);
  CHECK_THROWS_AS(archive::decompressed("plain text", 100, "it"), Error);
}
