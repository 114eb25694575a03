// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <cerrno>
#include <system_error>

namespace ingot {

std::string_view name_of(Fault fault) noexcept {
  switch (fault) {
    case Fault::internal:
      return "internal";
    case Fault::input:
      return "input";
    case Fault::unsupported:
      return "unsupported";
    case Fault::environment:
      return "environment";
    case Fault::network:
      return "network";
    case Fault::io:
      return "io";
    case Fault::step_failed:
      return "step-failed";
    case Fault::test_failed:
      return "test-failed";
    case Fault::verification:
      return "verification";
    case Fault::difference:
      return "difference";
  }
  return "internal";
}

Error::Error(Fault fault, std::string message)
    : fault_(fault), message_(std::move(message)), rendered_(message_) {}

void Error::add(std::string doing) {
  rendered_ += "\n  while " + doing;
  trail_.push_back(std::move(doing));
}

void throw_errno(std::string_view doing) { throw_errno(doing, errno); }

void throw_errno(std::string_view doing, int error_number) {
  // generic_category is thread-safe where strerror is not.
  throw Error(Fault::io, std::string(doing) + ": " + std::generic_category().message(error_number));
}

}  // namespace ingot
