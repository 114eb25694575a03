// SPDX-License-Identifier: Apache-2.0
#include "os/child.hpp"

#include <unistd.h>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;

namespace {

Error fault_of(const std::function<std::string()>& work, std::chrono::milliseconds limit = 10s) {
  try {
    os::in_child(work, limit);
  } catch (const Error& error) {
    return error;
  }
  return Error(Fault::internal, "no fault");
}

}  // namespace

TEST_CASE("work in a child gives its text back, and changes nothing here", "[os]") {
  int value = 1;
  CHECK(os::in_child([&] { return "value " + std::to_string(++value); }, 10s) == "value 2");
  CHECK(value == 1);
  CHECK(os::in_child([] { return std::string(300'000, 'x'); }, 10s).size() == 300'000);
}

TEST_CASE("an error crosses from the child with its fault", "[os]") {
  const Error error = fault_of([]() -> std::string { throw Error(Fault::difference, "two"); });
  CHECK(error.fault() == Fault::difference);
  CHECK(error.message() == "two");
  CHECK(fault_of([]() -> std::string { throw std::runtime_error("odd"); }).fault() ==
        Fault::internal);
}

TEST_CASE("a child that dies or hangs is a fault of the environment", "[os]") {
  CHECK(fault_of([]() -> std::string { ::_exit(3); }).fault() == Fault::environment);
  const Error error = fault_of(
      []() -> std::string {
        ::pause();
        return {};
      },
      20ms);
  CHECK(error.fault() == Fault::environment);
  CHECK(error.message().find("no answer within") != std::string::npos);
}
