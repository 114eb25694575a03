// SPDX-License-Identifier: Apache-2.0
#include "crypto/base64.hpp"

#include "support/catch.hpp"

using namespace ingot::crypto;

TEST_CASE("base64 gives the examples of RFC 4648 and reads them back", "[crypto]") {
  const std::pair<std::string_view, std::string_view> examples[] = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : examples) {
    CHECK(base64_of(plain) == text);
    const auto bytes = bytes_of_base64(text);
    REQUIRE(bytes);
    CHECK(std::string(bytes->begin(), bytes->end()) == plain);
  }
}

TEST_CASE("base64 that is not canonical is refused", "[crypto]") {
  for (const std::string_view text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zm8=\n", "Zm 9v",
                                      "Z===", "====", "Zg==Zg==", "Zm-_", "=Zg=", "Zm=v"}) {
    INFO(text);
    CHECK_FALSE(bytes_of_base64(text));
  }
}
