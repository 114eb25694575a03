// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <string>
#include <vector>

#include "cli/cli.hpp"
#include "os/environment.hpp"
#include "os/signals.hpp"

int main(int argc, char** argv) {
  ingot::os::catch_stop_signals();
  return ingot::cli::run({argv + 1, argv + argc}, ingot::os::Environment::of_process(), std::cout,
                         std::cerr);
}
