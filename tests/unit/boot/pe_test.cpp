// SPDX-License-Identifier: Apache-2.0
#include "boot/pe.hpp"

#include <random>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/tiny_pe.hpp"

using namespace ingot;

namespace {

constexpr std::size_t coff = 132;
constexpr std::size_t optional_header = 152;
constexpr std::size_t sections = 152 + 240;

std::string reason(const std::vector<std::uint8_t>& bytes) {
  try {
    boot::parse_pe(bytes, bytes.size());
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("headers and sections of an EFI program are read") {
  const auto bytes = test::tiny_pe();
  const boot::PeImage image = boot::parse_pe(bytes, bytes.size());
  CHECK(image.machine == boot::machine_x86_64);
  CHECK(image.subsystem == 10);
  CHECK(image.section_alignment == 4096);
  CHECK(image.file_alignment == 512);
  REQUIRE(image.sections.size() == 2);
  CHECK(image.sections[1].name == ".sbat");
  CHECK(image.find(".sbat")->content_size() == 100);
  CHECK(image.find(".none") == nullptr);
}

TEST_CASE("a section's content is read without its padding") {
  const os::TempDir folder("pe");
  const auto path = folder.path() / "tiny.efi";
  os::write_file(path, test::text_of(test::tiny_pe()));
  CHECK(boot::read_section(path, ".sbat")->size() == 100);
  CHECK(boot::read_section(path, ".sbat")->substr(0, 6) == "sbat,1");
  CHECK_FALSE(boot::read_section(path, ".initrd").has_value());
  CHECK_THROWS_AS(boot::read_section(path, ".sbat", 99), Error);
}

TEST_CASE("forged headers are refused with the reason") {
  auto bytes = test::tiny_pe();
  const std::span<std::uint8_t> raw(bytes);
  const auto has = [&](const char* text) {
    const std::string said = reason(bytes);
    INFO(said);
    CHECK(said.find(text) != std::string::npos);
  };
  SECTION("not MZ") {
    bytes[0] = 'X';
    has("MZ");
  }
  SECTION("PE header far away") {
    store_le(raw, 60, std::uint32_t{0xfffffff0});
    has("impossible place");
  }
  SECTION("PE header behind the end") {
    store_le(raw, 60, std::uint32_t{0x7fc});
    has("no PE header");
  }
  SECTION("32 bit") {
    store_le(raw, optional_header, std::uint16_t{0x10b});
    has("PE32+");
  }
  SECTION("many sections") {
    store_le(raw, coff + 2, std::uint16_t{0xffff});
    has("section headers");
  }
  SECTION("no sections") {
    store_le(raw, coff + 2, std::uint16_t{0});
    has("section headers");
  }
  SECTION("alignment 0") {
    store_le(raw, optional_header + 32, std::uint32_t{0});
    has("alignments");
  }
  SECTION("section behind the file") {
    store_le(raw, sections + 20, std::uint32_t{0xfffffe00});
    has("inside the file");
  }
  SECTION("section inside the headers") {
    store_le(raw, sections + 20, std::uint32_t{0x200});
    has("inside the file");
  }
  SECTION("sections overlap in the file") {
    store_le(raw, sections + 40 + 20, std::uint32_t{0x400});
    has("overlap in the file");
  }
  SECTION("sections overlap in memory") {
    store_le(raw, sections + 8, std::uint32_t{0x1001});
    has("overlaps another in memory");
  }
  SECTION("section beyond the image") {
    store_le(raw, sections + 40 + 12, std::uint32_t{0xfffff000});
    has("larger than its size");
  }
  SECTION("directories beyond the header") {
    store_le(raw, optional_header + 108, std::uint32_t{0x20000001});
    has("data directories");
  }
  SECTION("certificates behind the file") {
    bytes = test::tiny_pe({.certificate_size = 0xffffff00});
    has("certificate table");
  }
}

TEST_CASE("cut off or random programs never do harm") {
  const auto whole = test::tiny_pe();
  for (std::size_t size = 0; size < whole.size(); size += 3) {
    reason({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = whole;
    for (int i = 0; i < 3; ++i) {
      bytes[60 + random() % 420] = static_cast<std::uint8_t>(random());
    }
    try {
      boot::parse_pe(bytes, bytes.size());
    } catch (const Error&) {
    }
  }
}
