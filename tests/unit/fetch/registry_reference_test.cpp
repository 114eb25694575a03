// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_reference.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using fetch::parse_registry_reference;

TEST_CASE("a registry's address is its host and a repository", "[fetch]") {
  const auto plain = parse_registry_reference("oci://registry.example.test/team/cache");
  CHECK(plain.host == "registry.example.test");
  CHECK(plain.repository == "team/cache");
  CHECK(plain.text() == "oci://registry.example.test/team/cache");
  CHECK(plain.origin() == "https://registry.example.test");
  const auto port = parse_registry_reference("oci://r.example.test:5000/a__b/c-d---e.f");
  CHECK(port.host == "r.example.test:5000");
  CHECK(port.origin() == "https://r.example.test:5000");
  CHECK(parse_registry_reference("oci://[2001:db8::1]:5000/a").host == "[2001:db8::1]:5000");
}

TEST_CASE("only a registry of this machine is asked without TLS", "[fetch]") {
  for (const char* host : {"localhost", "localhost:5000", "127.0.0.1:1", "127.8.9.10", "[::1]:80"})
    CHECK(parse_registry_reference(std::string("oci://") + host + "/a").origin() ==
          std::string("http://") + host);
  for (const char* host : {"localhost.example.test", "128.0.0.1", "127.0.0.1.example.test",
                           "10.0.0.1:5000", "[::2]", "127.0.0.999"})
    CHECK(parse_registry_reference(std::string("oci://") + host + "/a").origin() ==
          std::string("https://") + host);
}

TEST_CASE("what is no address of a registry is refused", "[fetch]") {
  for (const char* text : {"",
                           "oci://",
                           "https://a/b",
                           "a/b",
                           "oci://a",
                           "oci://a/",
                           "oci:///b",
                           "oci://a:0/b",
                           "oci://a:65536/b",
                           "oci://a:x/b",
                           "oci://a b/c",
                           "oci://-a/b",
                           "oci://[::1/a",
                           "oci://[x]/a",
                           "oci://a/B",
                           "oci://a/b:tag",
                           "oci://a/b@sha256:00",
                           "oci://a/b/",
                           "oci://a//b",
                           "oci://a/.b",
                           "oci://a/b..c",
                           "oci://a/b_-c",
                           "oci://a/../b",
                           "oci://a/b?c",
                           "oci://a/b\n"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_registry_reference(text), Error);
  }
  CHECK_THROWS_AS(parse_registry_reference("oci://a/" + std::string(256, 'b')), Error);
}

TEST_CASE("a password in an address is refused and not said again", "[fetch]") {
  try {
    parse_registry_reference("oci://user:secret@a/b");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(error.message().find("secret") == std::string::npos);
  }
}
