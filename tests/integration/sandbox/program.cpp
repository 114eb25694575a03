// SPDX-License-Identifier: Apache-2.0
// A program with a sandbox and nothing else: `sandbox-init` as ingot answers it, and `sleep LOWER`,
// which runs a long command in a sandbox until somebody kills it.
#include <iostream>
#include <string>

#include "base/error.hpp"
#include "os/sandbox.hpp"
#include "os/signals.hpp"

using namespace ingot;

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  // As in ingot's main: what runs inside must not inherit the ignored SIGPIPE.
  os::catch_stop_signals();
  if (verb == "sandbox-init") return os::sandbox_init();
  if (verb != "sleep" || argc != 4) return 2;
  try {
    const os::SandboxRoot root{.lowers = {argv[2]}};
    os::Command command{.program = "sh", .args = {"-c", "echo ready; sleep 4711 & sleep 4711"}};
    command.args[1] += std::string("; : ") + argv[3];
    command.on_line = [](std::string_view line) { std::cout << line << std::endl; };
    const os::Environment environment = os::Environment::of_process();
    return os::run_in_sandbox(os::SystemRunner(), environment, root, command).exit_code;
  } catch (const Interrupted& stop) {
    return 128 + stop.signal();
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
