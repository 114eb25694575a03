// SPDX-License-Identifier: Apache-2.0
#include "disk/fat_name.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::string alias(std::string_view name, std::set<disk::ShortName>& taken) {
  const disk::ShortName alias = disk::short_name_for(name, taken);
  return {alias.begin(), alias.end()};
}

}  // namespace

TEST_CASE("upper-case names of eight and three characters are short already") {
  CHECK(disk::is_short_name("BOOTX64.EFI"));
  CHECK(disk::is_short_name("EFI"));
  CHECK_FALSE(disk::is_short_name("bootx64.efi"));
  CHECK_FALSE(disk::is_short_name("BOOTX6400.EFI"));
  CHECK_FALSE(disk::is_short_name("A.B.C"));
  CHECK_FALSE(disk::is_short_name("LOADER.CONF"));
  CHECK_FALSE(disk::is_short_name(".A"));
  CHECK_FALSE(disk::is_short_name("A B"));
  CHECK_FALSE(disk::is_short_name("A+B"));
}

TEST_CASE("aliases are unique in their folder") {
  std::set<disk::ShortName> taken;
  CHECK(alias("BOOTX64.EFI", taken) == "BOOTX64 EFI");
  CHECK(alias("loader.efi", taken) == "LOADER  EFI");
  CHECK(alias("ingot_1.2.3+3.efi", taken) == "INGOT_~1EFI");
  CHECK(alias("ingot_1.2.4+3.efi", taken) == "INGOT_~2EFI");
  CHECK(alias("a+b", taken) == "A_B~1      ");
  CHECK(alias(".profile", taken) == "~1      PRO");
  for (int i = 0; i < 20; ++i) alias("long name number " + std::to_string(i), taken);
  CHECK(alias("long name", taken) == "LONGN~21   ");
}

TEST_CASE("names that FAT cannot hold are refused") {
  CHECK_NOTHROW(disk::check_fat_name("a name+with (signs).efi"));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a:b"), std::string("a?"),
        std::string("a\nb"), std::string("ü"), std::string("end."), std::string("end "),
        std::string(256, 'n')}) {
    INFO(name);
    CHECK_THROWS_AS(disk::check_fat_name(name), Error);
  }
}

TEST_CASE("a long name is stored last part first, with the alias's checksum") {
  std::set<disk::ShortName> taken;
  const disk::ShortName alias = disk::short_name_for("fourteen chars", taken);
  const auto records = disk::long_name_records("fourteen chars", alias);
  REQUIRE(records.size() == 64);
  CHECK(records[0] == 0x42);
  CHECK(records[1] == 's');
  CHECK(records[3] == 0);     // the end of the name
  CHECK(records[5] == 0xff);  // unused
  CHECK(records[32] == 0x01);
  CHECK(records[33] == 'f');
  CHECK(records[13] == records[45]);
  CHECK(disk::long_name_records("BOOTX64.EFI", alias).empty());
}
