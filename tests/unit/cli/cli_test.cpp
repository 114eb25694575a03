// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.hpp"

#include <sstream>

#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

struct Said {
  int code;
  std::string out;
  std::string err;
};

Said say(const std::vector<std::string>& arguments, const std::filesystem::path& cwd = "/") {
  std::ostringstream out;
  std::ostringstream err;
  const os::Environment environment({{"PATH", "/usr/bin:/bin"}}, cwd, "/proc/self/exe");
  const int code = cli::run(arguments, environment, out, err);
  return {code, out.str(), err.str()};
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("help and version are no faults") {
  CHECK(say({"--help"}).code == 0);
  CHECK(holds(say({"--help"}).out, "verify"));
  CHECK(say({"--version"}).out == "ingot 0.1.0\n");
  CHECK(say({"build", "--help"}).code == 0);
}

TEST_CASE("no verb, an unknown verb and an unknown option are bad input") {
  CHECK(say({}).code == 2);
  CHECK(say({"biuld"}).code == 2);
  CHECK(say({"check", "--no-such-option"}).code == 2);
  CHECK(say({"--progress=loud", "check"}).code == 2);
}

TEST_CASE("check names every fault and exits 2") {
  const os::TempDir temp("cli");
  os::write_file(temp.path() / "images/worker.yaml", "image: worker\nversoin: \"1\"\n");
  const Said said = say({"check"}, temp.path());
  CHECK(said.code == 2);
  CHECK(holds(said.err, "images/worker.yaml:2:1"));
  CHECK(holds(said.err, "did you mean 'version'"));
}

TEST_CASE("a project is found by -C from anywhere") {
  const os::TempDir temp("cli");
  os::write_file(temp.path() / "project/images/worker.yaml", "image: 3\n");
  CHECK(holds(say({"-C", "project", "check"}, temp.path()).err, "images/worker.yaml:1"));
}
