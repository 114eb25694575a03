// SPDX-License-Identifier: Apache-2.0
// Every parser is fed with its input cut anywhere and with altered bytes: it may refuse, not crash.
#include <functional>
#include <memory>

#include "broken.hpp"
#include "cri.hpp"
#include "fake_files.hpp"
#include "fake_tree.hpp"
#include "image.hpp"
#include "kernel_log.hpp"
#include "kernel_module.hpp"
#include "library_cache.hpp"
#include "package_status.hpp"
#include "signature.hpp"
#include "support/catch.hpp"
#include "toml.hpp"

using namespace ingot::selftest;
using namespace selftest_test;

namespace {

using Parser = std::function<void(const std::string&)>;

// Each text lies in memory of exactly its size, so that a sanitizer sees one byte too many read.
void survive(const Parser& parse, const std::string& text) {
  const std::string exact(text);
  try {
    parse(exact);
  } catch (const Broken&) {
  }
}

void survive_all(const Parser& parse, const std::string& text) {
  REQUIRE_NOTHROW(parse(text));
  for (std::size_t size = 0; size < text.size(); ++size) survive(parse, text.substr(0, size));
  unsigned state = 1;
  for (std::size_t place = 0; place < text.size(); ++place) {
    std::string altered = text;
    for (const int value : {0x00, 0xff, 0x7f, 0x0a}) {
      altered[place] = static_cast<char>(value);
      survive(parse, altered);
    }
    state = state * 1103515245U + 12345U;
    altered[state % text.size()] = static_cast<char>(state >> 16U);
    survive(parse, altered);
  }
}

// A copy on the heap without a terminating zero behind it.
struct Exact {
  explicit Exact(const std::string& text)
      : bytes(std::make_unique<std::byte[]>(text.size())), size(text.size()) {
    std::copy(octets_of(text).begin(), octets_of(text).end(), bytes.get());
  }
  Octets view() const { return {bytes.get(), size}; }
  std::unique_ptr<std::byte[]> bytes;
  std::size_t size;
};

const std::string elf = elf_module({"license=NVIDIA", "version=550.163.01", "noequals"});

}  // namespace

TEST_CASE("module files survive damage", "[selftest]") {
  survive_all([](const std::string& text) { module_info(Exact(text).view()); }, elf);
  const ModuleInfo info = module_info(octets_of(elf));
  CHECK(info.at("license") == "NVIDIA");
  CHECK(info.size() == 2);
}

TEST_CASE("signature trailers survive damage", "[selftest]") {
  const Certificate certificate(octets_of(module_key().certificate()));
  const auto verify = [&](const std::string& text) {
    const Exact file(text);
    const auto parts = signed_module(file.view());
    if (parts) return verify_cms(parts->signature, parts->content, certificate).valid;
    return false;
  };
  const std::string file = signed_module_file("content", module_key());
  CHECK(verify(file));
  for (std::size_t place = 0; place < file.size(); ++place) {
    std::string altered = file;
    altered[place] = static_cast<char>(altered[place] ^ 0x41);
    survive([&](const std::string& text) { verify(text); }, altered);
    survive([&](const std::string& text) { verify(text); }, file.substr(place));
  }
  std::string changed = file;
  changed[0] = 'C';
  CHECK_FALSE(verify(changed));
}

TEST_CASE("certificates survive damage", "[selftest]") {
  survive_all(
      [](const std::string& text) {
        const Exact der(text);
        const Certificate certificate(der.view());
        certificate.common_name();
        certificate.key_id();
        verify_rsa(octets_of("signature"), octets_of("content"), certificate);
      },
      module_key().certificate());
}

TEST_CASE("the linker's cache survives damage", "[selftest]") {
  const std::string cache =
      library_cache({{.name = "libcuda.so.1", .path = "/usr/lib/libcuda.so.1"},
                     {.name = "libc.so.6", .path = "/lib/libc.so.6"}});
  survive_all([](const std::string& text) { parse_library_cache(Exact(text).view()); }, cache);
  // ldconfig may put the older format in front.
  const auto entries = parse_library_cache(octets_of("ld.so-1.7.0\0padding" + cache));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].path == "/usr/lib/libcuda.so.1");
  CHECK(fits(entries[0], "amd64"));
  CHECK_FALSE(fits(entries[0], "arm64"));
}

TEST_CASE("text formats survive damage", "[selftest]") {
  const FakeTree tree;
  survive_all([](const std::string& text) { parse_package_status(text); },
              "Package: a\nStatus: hold ok installed\nVersion: 1\n more\n\nPackage: b\n"
              "Status: install ok installed\nArchitecture: all\n");
  survive_all([](const std::string& text) { parse_modules_dep(text); },
              "a/b.ko: c.ko d.ko.xz\nc.ko:\n\n");
  survive_all([](const std::string& text) { parse_assignments(text); },
              "A=b\nC=\"d\"\n#x\nE='f'\n");
  survive_all([](const std::string& text) { parse_toml(text); },
              "a = [1, {b = 'c'}]\n[d.\"e\"]\nf = \"\\u00e9\\n\"\n[[g]]\nh = 1.5\n");
  survive_all([](const std::string& text) { parse_image(text); }, tree.manifest.dump());
  survive_all([](const std::string& text) { parse_profile(text); },
              R"({"gpus":"required","count":8})");
  survive_all([](const std::string& text) { message_of(text); }, "6,1234,5678,-;text\n KEY=v");
}

TEST_CASE("protobuf messages survive damage", "[selftest]") {
  survive_all([](const std::string& text) { parse_proto(text); }, std::string("\x0a\x03"
                                                                              "abc\x10\x96\x01\x19"
                                                                              "12345678\x25"
                                                                              "1234",
                                                                              22));
}

TEST_CASE("dpkg's status that is no status is refused", "[selftest]") {
  CHECK_THROWS_AS(parse_package_status("garbage"), Broken);
  CHECK_THROWS_AS(parse_package_status("Status: install ok installed\n"), Broken);
  CHECK_THROWS_AS(parse_package_status("Package: a\n\n"), Broken);
  const auto packages = parse_package_status(
      "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
      "Package: a\nStatus: install ok installed\nArchitecture: i386\nVersion: 1\n");
  CHECK(packages.contains("a:i386"));
}

TEST_CASE("versions of packages lose epoch and revision", "[selftest]") {
  CHECK(upstream_version("1:550.163.01-2+b1") == "550.163.01");
  CHECK(upstream_version("550.163.01") == "550.163.01");
}

TEST_CASE("module names are compared as the kernel does", "[selftest]") {
  CHECK(module_name("updates/nvidia-uvm.ko.xz") == "nvidia_uvm");
  CHECK(module_name("nvidia_uvm") == "nvidia_uvm");
}
