// SPDX-License-Identifier: Apache-2.0
// How a failure travels: what went wrong, whose fault it is, and the trail of what was being done.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingot {

/// How the system and all programs say that a disk is full (ENOSPC in the C locale).
inline constexpr std::string_view no_space_left = "No space left on device";

/// Whose fault a failure is. The value is the exit code of the program; scripts rely on it.
enum class Fault {
  internal = 1,      ///< a bug in ingot
  input = 2,         ///< a definition, option or argument is wrong
  unsupported = 3,   ///< valid, but this version cannot do it
  environment = 4,   ///< the host lacks something: namespaces, QEMU, a tool, memory
  network = 5,       ///< a mirror or server failed
  io = 6,            ///< reading or writing files failed
  step_failed = 7,   ///< a build step's command failed
  test_failed = 8,   ///< a booted node did not pass
  verification = 9,  ///< a digest, signature or rule does not hold
  difference = 10,   ///< a stale lock, or two things that differ
};

constexpr int exit_code(Fault fault) noexcept { return static_cast<int>(fault); }

/// The word for a fault in messages and JSON records.
std::string_view name_of(Fault fault) noexcept;

/// The one exception of the program. `what()` is the message followed by one "  while ..." line
/// for each frame of the trail, innermost first.
class Error : public std::exception {
public:
  Error(Fault fault, std::string message);

  Fault fault() const noexcept { return fault_; }
  const std::string& message() const noexcept { return message_; }
  const std::vector<std::string>& trail() const noexcept { return trail_; }
  const char* what() const noexcept override { return rendered_.c_str(); }

  /// Adds what was being done when the failure passed by.
  void add(std::string doing);

private:
  Fault fault_;
  std::string message_;
  std::vector<std::string> trail_;
  std::string rendered_;
};

/// The user or the system asked the program to stop. Not an Error, so that no `catch (Error&)`
/// can swallow it.
class Interrupted : public std::exception {
public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int signal() const noexcept { return signal_; }
  const char* what() const noexcept override { return "interrupted"; }

private:
  int signal_;
};

/// Throws Error{Fault::io} with `doing`, and the text of `error_number` (errno by default).
[[noreturn]] void throw_errno(std::string_view doing);
[[noreturn]] void throw_errno(std::string_view doing, int error_number);

/// Runs `work`; an Error that leaves it carries `doing` in its trail.
template <class Work>
auto during(std::string doing, Work&& work) -> decltype(std::forward<Work>(work)()) {
  try {
    return std::forward<Work>(work)();
  } catch (Error& error) {
    error.add(std::move(doing));
    throw;
  }
}

}  // namespace ingot
