// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include "broken.hpp"
#include "file.hpp"

namespace ingot::selftest {

namespace {

constexpr std::size_t most_output = std::size_t{4} << 20;

struct Pipe {
  Fd read;
  Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw Broken("no pipe: " + text_of_errno(errno));
  }
  return {.read = Fd(ends[0]), .write = Fd(ends[1])};
}

pid_t spawn(const std::vector<std::string>& arguments, const Pipe& out, const Pipe& error) {
  std::vector<std::string> words = arguments;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::string locale = "LC_ALL=C";
  std::array<char*, 3> environment{path.data(), locale.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, error.write.get(), 2);
  pid_t child = -1;
  const int failure =
      ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    throw Broken(arguments.front() + " cannot be started: " + text_of_errno(failure));
  }
  return child;
}

// Reads what is there; false at the end of the stream.
bool drain(const Fd& from, std::string& into) {
  std::array<char, 16384> block{};
  const ssize_t count = ::read(from.get(), block.data(), block.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (into.size() < most_output) into.append(block.data(), static_cast<std::size_t>(count));
  return count > 0;
}

}  // namespace

std::string Answer::why() const {
  std::string text = timed_out    ? "took too long"
                     : status < 0 ? "was ended by a signal"
                                  : "ended with " + std::to_string(status);
  const auto lines = lines_of(trimmed(error_output));
  if (!lines.empty()) text += ": " + std::string(trimmed(lines.back()));
  return text;
}

Answer run_command(const std::vector<std::string>& arguments, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  Pipe out = make_pipe();
  Pipe error = make_pipe();
  const pid_t child = spawn(arguments, out, error);
  out.write.reset();
  error.write.reset();
  Answer answer;
  const auto deadline = Clock::now() + limit;
  while (out.read || error.read) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      answer.timed_out = true;
      ::kill(child, SIGKILL);
      break;
    }
    std::array<pollfd, 2> waits{{{.fd = out.read.get(), .events = POLLIN, .revents = 0},
                                 {.fd = error.read.get(), .events = POLLIN, .revents = 0}}};
    if (::poll(waits.data(), waits.size(), static_cast<int>(left)) < 0 && errno != EINTR) {
      throw Broken("poll failed: " + text_of_errno(errno));
    }
    if (waits[0].revents != 0 && !drain(out.read, answer.output)) out.read.reset();
    if (waits[1].revents != 0 && !drain(error.read, answer.error_output)) error.read.reset();
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!answer.timed_out && WIFEXITED(status)) answer.status = WEXITSTATUS(status);
  return answer;
}

}  // namespace ingot::selftest
