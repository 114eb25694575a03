// SPDX-License-Identifier: Apache-2.0
#include "runner.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broken.hpp"
#include "file.hpp"

namespace ingot::selftest {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t most_answer = std::size_t{1} << 20;

Result guarded(const std::function<Result()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return fail(error.what());
  } catch (...) {
    return fail("the check threw something that is no exception");
  }
}

[[noreturn]] void be_child(const std::function<Result()>& work, const Fd& answer) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGPIPE, SIG_IGN);
  const std::string text = to_wire(guarded(work));
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t count = ::write(answer.get(), rest.data(), rest.size());
    if (count < 0 && errno != EINTR) break;
    if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
  }
  ::_exit(0);
}

// Reads until the child closes the pipe; false when the deadline came first.
bool collect(const Fd& from, Clock::time_point deadline, std::string& text) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd wait{.fd = from.get(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, static_cast<int>(left)) <= 0) continue;
    std::array<char, 16384> block{};
    const ssize_t count = ::read(from.get(), block.data(), block.size());
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return true;
    if (count > 0 && text.size() <= most_answer) {
      text.append(block.data(), static_cast<std::size_t>(count));
    }
  }
}

// The exit status, waiting until `deadline` at most. What the child started and left behind is
// killed while the child still holds its process group, before its number can be used again.
std::optional<int> reap(pid_t child, Clock::time_point deadline) {
  for (int pause = 1;; pause = std::min(pause * 2, 20)) {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == child) {
      ::kill(-child, SIGKILL);
      int status = 0;
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      return status;
    }
    if (Clock::now() >= deadline) return std::nullopt;
    ::poll(nullptr, 0, pause);
  }
}

std::string seconds_text(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count % 1000 == 0) return std::to_string(count / 1000) + " s";
  return std::to_string(count) + " ms";
}

Result after_limit(pid_t child, std::chrono::milliseconds limit) {
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL);
  const std::string hung = "hung: no answer within " + seconds_text(limit);
  if (reap(child, Clock::now() + std::chrono::seconds(2))) return fail(hung + "; killed");
  return fail(hung + "; not even SIGKILL ends it, it sleeps in the kernel");
}

Result judge(int status, const std::string& text) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const char* name = ::sigabbrev_np(number);
    return fail(std::string("crashed: SIG") +
                (name == nullptr ? std::to_string(number) : std::string(name)));
  }
  if (WEXITSTATUS(status) != 0) {
    return fail("ended with " + std::to_string(WEXITSTATUS(status)) + " and no answer");
  }
  if (text.size() > most_answer) return fail("the check's answer is too long");
  return from_wire(text);
}

}  // namespace

Result run_guarded(const std::function<Result()>& work, std::chrono::milliseconds limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail("no pipe: " + text_of_errno(errno));
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const auto start = Clock::now();
  const pid_t child = ::fork();
  if (child < 0) return fail("no process: " + text_of_errno(errno));
  if (child == 0) be_child(work, write_end);
  ::setpgid(child, child);  // in both, so that whoever comes first has done it
  write_end.reset();
  std::string text;
  Result result;
  if (!collect(read_end, start + limit, text)) {
    result = after_limit(child, limit);
  } else if (const auto status = reap(child, start + limit)) {
    result = judge(*status, text);
  } else {
    result = after_limit(child, limit);
  }
  result.milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
  return result;
}

std::vector<CheckResult> run_checks(const std::vector<const Check*>& checks, const Node& node) {
  std::vector<CheckResult> results;
  for (const Check* check : checks) {
    if (auto reason = why_not(*check, node)) {
      results.push_back({.check = check, .result = skip(*std::move(reason))});
      continue;
    }
    results.push_back(
        {.check = check, .result = run_guarded([&] { return check->work(node); }, check->limit)});
  }
  return results;
}

}  // namespace ingot::selftest
