// SPDX-License-Identifier: Apache-2.0
// Programs of this machine, for a second opinion on what we write.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"

namespace ingot::test {

/// Ends the test program as skipped when one of them is not installed.
inline void need_programs(const std::vector<std::string>& names) {
  const os::Environment environment = os::Environment::of_process();
  for (const std::string& name : names) {
    if (!os::find_program(environment, name)) {
      std::printf("skipped: %s is not installed\n", name.c_str());
      std::exit(77);
    }
  }
}

inline os::Outcome run_host(const std::string& program, std::vector<std::string> arguments) {
  os::Command command;
  command.program = program;
  command.args = std::move(arguments);
  command.why = "look at it with " + program;
  return os::SystemRunner().run(command);
}

}  // namespace ingot::test
