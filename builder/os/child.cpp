// SPDX-License-Identifier: Apache-2.0
#include "os/child.hpp"

#include <array>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/clock.hpp"
#include "os/fd.hpp"

namespace ingot::os {
namespace {

constexpr std::string_view pipe_name = "the pipe of a child process";
constexpr std::size_t longest_answer = 1U << 20;

void send(const Fd& pipe, char first, std::string_view text) {
  const std::string line = first + std::string(text);
  write_all(pipe.get(), {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()},
            pipe_name);
}

[[noreturn]] void answer(const std::function<std::string()>& work, const Fd& pipe) noexcept {
  ::setpgid(0, 0);
  try {
    try {
      send(pipe, '0', work());
    } catch (const Error& error) {
      // Faults have one or two digits; as a letter they need one place.
      send(pipe, static_cast<char>('0' + exit_code(error.fault())), error.message());
    } catch (const std::exception& error) {
      send(pipe, static_cast<char>('0' + exit_code(Fault::internal)), error.what());
    }
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

/// All that comes until the end; nothing when that is not reached in time.
std::optional<std::string> read_until(const Fd& pipe, std::chrono::milliseconds limit) {
  const auto deadline = system_clock().steady() + limit;
  std::string text;
  std::array<std::uint8_t, 4096> buffer;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - system_clock().steady());
    if (left.count() <= 0) return std::nullopt;
    pollfd waited{pipe.get(), POLLIN, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) throw_errno("cannot wait for a process");
    if (ready <= 0) continue;
    const std::size_t got = read_some(pipe.get(), buffer, pipe_name);
    if (got == 0 || text.size() > longest_answer) return text;
    text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  }
}

void end(pid_t child) noexcept {
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

std::string in_child(const std::function<std::string()>& work, std::chrono::milliseconds limit) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("making a pipe");
  const Fd reader(ends[0]);
  Fd writer(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw_errno("starting a process");
  if (child == 0) answer(work, writer);
  writer.reset();
  std::optional<std::string> text;
  try {
    text = read_until(reader, limit);
  } catch (...) {
    end(child);
    throw;
  }
  end(child);
  if (!text) {
    throw Error(Fault::environment,
                format("there was no answer within {} s",
                       std::chrono::duration_cast<std::chrono::seconds>(limit).count()));
  }
  if (text->empty()) throw Error(Fault::environment, "the process that tried it died");
  const int fault = text->front() - '0';
  if (fault != 0) throw Error(static_cast<Fault>(fault), text->substr(1));
  return text->substr(1);
}

}  // namespace ingot::os
