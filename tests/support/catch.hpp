// SPDX-License-Identifier: Apache-2.0
// Catch2 in whichever version the distribution has.
#pragma once

#ifdef INGOT_CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
#endif
