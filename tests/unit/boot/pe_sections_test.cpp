// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "base/error.hpp"
#include "boot/pe.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/tiny_pe.hpp"

using namespace ingot;

namespace {

boot::NewSection text_section(std::string name, std::string text) {
  boot::NewSection section;
  section.name = std::move(name);
  section.text = std::move(text);
  return section;
}

struct Place {
  os::TempDir folder{"pe sections"};
  std::filesystem::path source = folder.path() / "stub.efi";
  std::filesystem::path output = folder.path() / "out.efi";

  explicit Place(const test::TinyPe& spec = {}) {
    auto bytes = test::tiny_pe(spec);
    bytes.resize(bytes.size() + spec.certificate_size);
    os::write_file(source, test::text_of(bytes));
  }
  std::string refusal(const std::vector<boot::NewSection>& sections) const {
    try {
      boot::append_sections(source, sections, output);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::input);
      CHECK_FALSE(std::filesystem::exists(output));
      return error.message();
    }
    return "accepted";
  }
};

}  // namespace

TEST_CASE("new sections lie behind the old ones, in memory and in the file") {
  const Place place;
  os::write_file(place.folder.path() / "a", std::string(5001, 'a'));
  os::write_file(place.folder.path() / "b", "bb");
  boot::NewSection files;
  files.name = ".initrd";
  files.files = {place.folder.path() / "a", place.folder.path() / "b"};
  boot::append_sections(place.source, {text_section(".cmdline", "quiet"), files}, place.output);

  const boot::PeImage image = boot::read_pe(place.output);
  REQUIRE(image.sections.size() == 4);
  CHECK(image.sections[2].virtual_address == 0x3000);
  CHECK(image.sections[2].raw_offset == 0x800);
  CHECK(image.sections[2].virtual_size == 5);
  CHECK(image.sections[2].raw_size == 512);
  CHECK(image.sections[3].virtual_address == 0x4000);
  CHECK(image.size_of_image == 0x6000);
  CHECK(std::filesystem::file_size(place.output) == 0x800 + 512 + 5120);
  CHECK(boot::read_section(place.output, ".cmdline") == "quiet");
  const std::string initrd = *boot::read_section(place.output, ".initrd");
  CHECK(initrd == std::string(5001, 'a') + std::string(3, '\0') + "bb" + std::string(2, '\0'));
  // What was there before is there still.
  CHECK(boot::read_section(place.output, ".sbat") == boot::read_section(place.source, ".sbat"));
  const std::string raw = os::read_file(place.output);
  CHECK(raw.substr(152 + 64, 4) == std::string(4, '\0'));
}

TEST_CASE("a program that cannot take the sections is left alone") {
  SECTION("no room for headers") {
    const Place place({.headers = 0x200});
    CHECK(place.refusal({text_section(".a", "1"), text_section(".b", "2")})
              .find("no room for 2 more") != std::string::npos);
  }
  SECTION("signed") {
    const Place place({.certificate_size = 16});
    CHECK(place.refusal({text_section(".a", "1")}).find("signed") != std::string::npos);
  }
  const Place place;
  SECTION("a name that is there") {
    CHECK(place.refusal({text_section(".sbat", "1")}).find("there once") != std::string::npos);
    CHECK(place.refusal({text_section(".a", "1"), text_section(".a", "2")}).find("there once") !=
          std::string::npos);
  }
  SECTION("a long name") {
    CHECK(place.refusal({text_section(".too-long", "1")}).find("1 to 8") != std::string::npos);
  }
  SECTION("empty content") {
    CHECK(place.refusal({text_section(".a", "")}).find("empty") != std::string::npos);
  }
  SECTION("content larger than EFI can load") {
    const auto large = place.folder.path() / "large";
    os::write_file(large, "");
    std::filesystem::resize_file(large, 0x80000000ULL);
    boot::NewSection section;
    section.name = ".a";
    section.files = {large};
    CHECK(place.refusal({section}).find("2 GiB") != std::string::npos);
  }
}
