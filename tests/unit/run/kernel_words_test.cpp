// SPDX-License-Identifier: Apache-2.0
#include "run/kernel_words.hpp"

#include "support/catch.hpp"

using namespace ingot;
using Words = std::map<std::string, std::string>;

TEST_CASE("a kernel line is taken apart by key") {
  const std::string line = "quiet console=tty0 root=PARTUUID=1-2 console=ttyS0,115200 x=\"a b\"\n";
  CHECK(run::kernel_words(line + std::string(3, '\0')) == Words{{"quiet", ""},
                                                                {"console", "tty0 ttyS0,115200"},
                                                                {"root", "PARTUUID=1-2"},
                                                                {"x", "\"a b\""}});
  CHECK(run::kernel_words("").empty());
}

TEST_CASE("words that only name the root image are known") {
  CHECK(run::names_root_image("ingot.root"));
  CHECK(run::names_root_image("ingot.root.verity"));
  CHECK_FALSE(run::names_root_image("ingot.root.on-corruption"));
  CHECK_FALSE(run::names_root_image("root"));
}
