// SPDX-License-Identifier: Apache-2.0
// The words that more than one kind of file uses for the same choice.
#pragma once

#include "spec/driver.hpp"
#include "spec/value.hpp"

namespace ingot::spec {

const Words<Flavour>& flavour_words();

}  // namespace ingot::spec
