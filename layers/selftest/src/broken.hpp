// SPDX-License-Identifier: Apache-2.0
// The one exception of the self-test: something it read or asked cannot be understood.
#pragma once

#include <stdexcept>
#include <string>

namespace ingot::selftest {

/// A file, answer or argument is not what it should be. A check that lets it out fails with the
/// message as its reason.
class Broken : public std::runtime_error {
public:
  explicit Broken(const std::string& message) : std::runtime_error(message) {}
};

/// A command-line argument is wrong; the program ends with 2.
class Usage : public std::runtime_error {
public:
  explicit Usage(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace ingot::selftest
