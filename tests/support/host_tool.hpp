// SPDX-License-Identifier: Apache-2.0
// Programs of this machine (or of a root below it) in place of a build root's: paths that a
// sandbox would bind are replaced in the arguments.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "disk/tool.hpp"
#include "os/environment.hpp"
#include "os/file.hpp"
#include "os/process.hpp"

namespace ingot::test {

inline disk::Tool host_tool() {
  return [](const os::Command& command, const std::vector<os::Bind>& binds) {
    os::Command own = command;
    for (std::string& argument : own.args) {
      for (const os::Bind& bind : binds) {
        if (const std::size_t at = argument.find(bind.target); at != std::string::npos) {
          argument.replace(at, bind.target.size(), bind.source.string());
        }
      }
    }
    return os::SystemRunner().run(own);
  };
}

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
