// SPDX-License-Identifier: Apache-2.0
#include "run/kernel_config.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using Options = std::map<std::string, std::string>;

TEST_CASE("an option that is not set is the same as one that is not there") {
  CHECK(run::parse_kernel_config("# Automatically generated file\nCONFIG_A=y\n\n"
                                 "# CONFIG_B is not set\nCONFIG_C=\"a=b c\"\nCONFIG_D=0x10\n") ==
        Options{{"CONFIG_A", "y"}, {"CONFIG_C", "\"a=b c\""}, {"CONFIG_D", "0x10"}});
}

TEST_CASE("what is no kernel configuration is refused with its line") {
  CHECK_THROWS_AS(run::parse_kernel_config("CONFIG_A\n"), Error);
  try {
    run::parse_kernel_config(
        "CONFIG_A=y\n\x7f"
        "ELF=1\n");
    FAIL("was read");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    CHECK(error.message().find("line 2") != std::string::npos);
  }
}
