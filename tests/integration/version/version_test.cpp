// SPDX-License-Identifier: Apache-2.0
// Our order of versions before dpkg's, pair by pair.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"
#include "package/version.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("our order of versions is dpkg's") {
  if (!os::find_program(os::Environment::of_process(), "dpkg")) {
    std::cout << "skipped: this machine has no dpkg\n";
    std::_Exit(77);
  }
  const std::vector<std::string> versions = {
      "0",        "0~",
      "1",        "1.0",
      "1.0-0",    "1.0-1",
      "01.0",     "1.0~rc1",
      "1.0~~",    "1.0a",
      "1.0+",     "1.0.",
      "1.0-1+b1", "1.0-1~bpo1",
      "1.0-1.1",  "1:0.1",
      "0:1.0",    "1.0-a",
      "1.0a-1",   "1.10",
      "1.9",      "2.41-12+deb13u4",
      "1.0-1-1",  "1.2.3~git20260101",
  };
  const os::SystemRunner runner;
  int compared = 0;
  for (const std::string& left : versions) {
    for (const std::string& right : versions) {
      os::Command command;
      command.program = "dpkg";
      command.args = {"--compare-versions", left, "lt", right};
      const bool theirs = runner.run(command).exit_code == 0;
      INFO(left << " lt " << right);
      CHECK((package::compare_versions(left, right) < 0) == theirs);
      ++compared;
    }
  }
  CHECK(compared > 500);
}
