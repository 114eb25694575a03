// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_credentials.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using fetch::credentials_in;

namespace {

const fetch::RegistryReference cache{"r.example.test:5000", "team/cache"};

std::string user_in(const std::string& text) {
  const auto found = credentials_in(text, cache, "auths");
  return found.credentials ? found.credentials->user : "nobody";
}

}  // namespace

TEST_CASE("user and password stand in auth, in base64", "[fetch]") {
  const auto found = credentials_in(
      R"({"auths":{"r.example.test:5000":{"auth":"dXNlcjpwYXNzOndvcmQ="}}})", cache, "auths");
  REQUIRE(found.credentials);
  CHECK(found.credentials->user == "user");
  CHECK(found.credentials->password == "pass:word");
}

TEST_CASE("the entry nearest to the repository counts", "[fetch]") {
  const std::string both =
      R"({"auths":{"r.example.test:5000":{"username":"host"},
          "r.example.test:5000/team":{"username":"team"},
          "r.example.test:5000/tea":{"username":"other"},
          "r.example.test":{"username":"no port"}}})";
  CHECK(user_in(both) == "team");
  CHECK(user_in(R"({"auths":{"https://r.example.test:5000/v2/":{"username":"old"}}})") == "old");
  CHECK(user_in(R"({"auths":{"r.example.test":{"username":"other"}}})") == "nobody");
  CHECK(user_in(R"({"auths":{"":{"username":"all"}}})") == "nobody");
}

TEST_CASE("a registry that is left to a program is told", "[fetch]") {
  const auto left = credentials_in(
      R"({"auths":{"r.example.test:5000":{}},"credHelpers":{"r.example.test:5000":"x"}})", cache,
      "auths");
  CHECK_FALSE(left.credentials);
  CHECK(left.left_to_program);
  CHECK(credentials_in(R"({"credsStore":"x"})", cache, "auths").left_to_program);
  CHECK_FALSE(credentials_in("{}", cache, "auths").left_to_program);
}

TEST_CASE("a damaged file of credentials is a fault that shows none", "[fetch]") {
  CHECK_THROWS_AS(user_in("no json"), Error);
  try {
    user_in(R"({"auths":{"r.example.test:5000":{"auth":"c2VjcmV0"}}})");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.message().find("c2VjcmV0") == std::string::npos);
    CHECK(error.message().find("secret") == std::string::npos);
  }
}

TEST_CASE("files of credentials are looked for where others write them", "[fetch]") {
  const os::TempDir temp("credentials-test");
  const auto with = [](const char* user) {
    return std::string(R"({"auths":{"r.example.test:5000":{"username":")") + user + "\"}}}";
  };
  os::write_file(temp.path() / "home/.docker/config.json", with("home"));
  os::write_file(temp.path() / "docker/config.json", with("docker"));
  os::write_file(temp.path() / "file", with("file"));
  const auto user = [&](std::map<std::string, std::string> variables) {
    const os::Environment environment(std::move(variables), temp.path(), {});
    const auto found = fetch::find_credentials(cache, environment);
    return found.credentials ? found.credentials->user : "nobody";
  };
  CHECK(user({}) == "nobody");
  CHECK(user({{"HOME", "home"}}) == "home");
  CHECK(user({{"HOME", "home"}, {"DOCKER_CONFIG", "docker"}}) == "docker");
  CHECK(user({{"HOME", "home"}, {"DOCKER_CONFIG", "none"}}) == "home");
  CHECK(user({{"HOME", "home"}, {"REGISTRY_AUTH_FILE", "file"}}) == "file");
  CHECK(user({{"HOME", "home"}, {"REGISTRY_AUTH_FILE", "none"}}) == "nobody");
}
