// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "program.hpp"

int main(int argc, char** argv) {
  return ingot::selftest::run_program({argv + 1, argv + argc}, std::cout, std::cerr);
}
