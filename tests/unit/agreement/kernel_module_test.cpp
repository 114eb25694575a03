// SPDX-License-Identifier: Apache-2.0
#include "agreement/kernel_module.hpp"

#include "agreement/elf.hpp"
#include "archive/sink.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/agreeing_tree.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"

using namespace ingot;
using agreement::KernelModule;

namespace {

const test::TinyModule sample{.info = {{"license", "GPL"}, {"version", "1"}},
                              .wanted = {{"printk", 0x11223344}},
                              .offered = {{"ours", 0xcafe}, {"also_ours", 0xbeef}}};

KernelModule read(const std::string& name, std::string_view content) {
  const os::TempDir root("kernel module test");
  os::write_file(root.path() / name, content);
  return agreement::read_kernel_module(agreement::RootFolder(root.path()), name, std::nullopt);
}

}  // namespace

TEST_CASE("a module says what it is, wants and offers", "[agreement]") {
  const KernelModule module = read("some-module.ko", test::tiny_module(sample));
  CHECK(module.broken.empty());
  CHECK(module.name == "some_module");
  CHECK(module.field("license") == "GPL");
  CHECK(module.field("none").empty());
  CHECK(module.wanted == agreement::SymbolCrcs{{"printk", 0x11223344}});
  CHECK(module.offered == agreement::SymbolCrcs{{"also_ours", 0xbeef}, {"ours", 0xcafe}});
  CHECK(module.distrust == "not signed");
}

TEST_CASE("a compressed module is read like a plain one", "[agreement]") {
  test::MemorySink packed;
  archive::ZstdSink sink(packed, {.level = 3, .threads = 1});
  const std::string plain = test::tiny_module(sample);
  sink.write(std::span(reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size()));
  sink.finish();
  const std::string bytes(packed.bytes.begin(), packed.bytes.end());
  CHECK(read("a.ko.zst", bytes).field("version") == "1");
  CHECK_FALSE(read("a.ko.zst", bytes.substr(0, bytes.size() / 2)).broken.empty());
  CHECK_FALSE(read("a.ko.xz", "no xz").broken.empty());
}

TEST_CASE("symbol versions without a limit on names are read too", "[agreement]") {
  RecordWriter crcs;
  crcs.u32(1).u32(2);
  const std::string long_name(100, 'n');
  const std::string elf =
      test::tiny_elf({{".modinfo", std::string("version=1") + '\0'},
                      {"__version_ext_crcs", test::text_of(crcs)},
                      {"__version_ext_names", std::string("a") + '\0' + long_name + '\0'}});
  CHECK(read("a.ko", elf).wanted == agreement::SymbolCrcs{{"a", 1}, {long_name, 2}});
}

TEST_CASE("no cut or changed byte of a module does more than break it", "[agreement]") {
  const std::string whole = test::tiny_module(sample);
  for (std::size_t length = 0; length < whole.size(); length += 7)
    CHECK_NOTHROW(read("a.ko", whole.substr(0, length)));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(~changed[at]);
    CHECK_NOTHROW(read("a.ko", changed));
  }
}

TEST_CASE("an ELF file of another kind is refused", "[agreement]") {
  std::string elf = test::tiny_elf({{".text", "code"}});
  CHECK(agreement::Elf(elf).section(".text") == "code");
  CHECK_FALSE(agreement::Elf(elf).section(".none"));
  elf[4] = 1;
  CHECK_THROWS_AS(agreement::Elf(elf), Error);
  CHECK_THROWS_AS(agreement::Elf(""), Error);
}

TEST_CASE("Module.symvers is read, and what is none is refused", "[agreement]") {
  CHECK(agreement::parse_symvers("0x00000001\ta\tvmlinux\tEXPORT_SYMBOL\t\n"
                                 "0xffffffff\tb\tdrivers/b\tEXPORT_SYMBOL_GPL\tNS\n") ==
        agreement::SymbolCrcs{{"a", 1}, {"b", 0xffffffff}});
  for (const char* bad : {"text", "0x1 a", "1\ta", "0xzz\ta", "0x123456789\ta"})
    CHECK_THROWS_AS(agreement::parse_symvers(bad), Error);
}
