// SPDX-License-Identifier: Apache-2.0
#ifdef INGOT_CATCH2_V2
#define CATCH_CONFIG_MAIN
#endif
#include "support/catch.hpp"

#ifndef INGOT_CATCH2_V2
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
#endif
