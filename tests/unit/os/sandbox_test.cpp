// SPDX-License-Identifier: Apache-2.0
#include "os/sandbox.hpp"

#include <fcntl.h>

#include "base/error.hpp"
#include "os/sandbox_description.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"

using namespace ingot;
using namespace ingot::os;

namespace {

const Environment environment({}, "/", "/opt/ingot");
const SandboxRoot root{.lowers = {"/lower"}};

SandboxDescription description_in(const Command& command) {
  std::vector<std::uint8_t> bytes(1 << 16);
  bytes.resize(read_some(command.inherit.at(3), bytes, "description"));
  return unpacked(bytes);
}

}  // namespace

TEST_CASE("a description arrives as it was sent, odd bytes included", "[os]") {
  const SandboxDescription sent{
      .root = {.lowers = {"/a b", "/\xff\xfe"},
               .upper = "/u",
               .work = "/w",
               .binds = {{.source = "/s", .target = "/t", .access = Access::read_write}}},
      .command = {.program = "p", .args = {"x", ""}, .env = {{"N", "v=w"}}, .cwd = "/c"},
      .kept = {5, 9},
      .caller = 77};
  const SandboxDescription got = unpacked(packed(sent));
  CHECK(got.root.lowers == sent.root.lowers);
  CHECK(got.root.upper == sent.root.upper);
  CHECK(got.root.work == sent.root.work);
  REQUIRE(got.root.binds.size() == 1);
  CHECK(got.root.binds[0].source == "/s");
  CHECK(got.root.binds[0].target == "/t");
  CHECK(got.root.binds[0].access == Access::read_write);
  CHECK(got.command.program == "p");
  CHECK(got.command.args == sent.command.args);
  CHECK(got.command.env == sent.command.env);
  CHECK(got.command.cwd == "/c");
  CHECK(got.kept == sent.kept);
  CHECK(got.caller == 77);
}

TEST_CASE("bytes that are no description are refused", "[os]") {
  CHECK_THROWS_AS(unpacked({}), Error);
  const std::vector<std::uint8_t> noise{0xa1, 0x61, 0x78, 0x01};
  CHECK_THROWS_AS(unpacked(noise), Error);
}

TEST_CASE("the command travels through sandbox-init of our own program", "[os]") {
  test::FakeRunner runner;
  std::string program;
  runner.when("ingot", [&](const Command& command) {
    program = description_in(command).command.program;
    return Outcome{.exit_code = 3};
  });
  const Command command{.program = "dpkg", .args = {"--configure", "-a"}, .stdin_text = "y"};
  CHECK(run_in_sandbox(runner, environment, root, command).exit_code == 3);
  CHECK(program == "dpkg");
  CHECK(runner.lines() == std::vector<std::string>{"/opt/ingot sandbox-init"});
  CHECK(runner.commands().front().stdin_text == "y");
}

TEST_CASE("a sandbox that cannot be set up is the environment's fault", "[os]") {
  test::FakeRunner runner;
  runner.when("ingot", 125, "other words\nsandbox: no namespaces\n");
  try {
    run_in_sandbox(runner, environment, root, {.program = "dpkg", .why = "install"});
    FAIL("no exception");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::environment);
    CHECK(error.message() == "cannot run dpkg (to install) in a sandbox: no namespaces");
  }
  runner.when("ingot", 125, "a command of its own code\n");
  CHECK(run_in_sandbox(runner, environment, root, {.program = "dpkg"}).exit_code == 125);
}

TEST_CASE("a root that makes no sense is refused before anything starts", "[os]") {
  const test::FakeRunner runner;
  const Command command{.program = "true"};
  const auto refused = [&](const SandboxRoot& wrong, const Command& tried) {
    CHECK_THROWS_AS(run_in_sandbox(runner, environment, wrong, tried), Error);
  };
  refused({}, command);
  refused({.lowers = {"/l"}, .upper = "/u"}, command);
  for (const char* target : {"/", "relative", "/a/../b", "/a/", ""}) {
    refused({.lowers = {"/l"}, .binds = {{.source = "/s", .target = target}}}, command);
  }
  refused(root, {.program = "true", .cwd = "relative"});
  refused(root, {.program = "true", .inherit = {{3, 0}}});
  CHECK(runner.commands().empty());
}
