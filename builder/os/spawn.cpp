// SPDX-License-Identifier: Apache-2.0
#include "os/spawn.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/words.hpp"

namespace ingot::os {
namespace {

/// The child's side of a start, between fork and exec: only calls that a forked thread of a
/// program with many may make, and nothing that allocates.
class Start {
public:
  Start(const std::filesystem::path& folder, const std::map<int, int>& wanted)
      : folder_(folder.c_str()), beyond_(wanted.rbegin()->first + 1), parent_(::getpid()) {
    // Copies above every wanted number: no dup2 can then overwrite the source of a later one.
    for (const auto& [theirs, ours] : wanted) {
      Fd copy(::fcntl(ours, F_DUPFD_CLOEXEC, beyond_));
      if (!copy) throw_errno("cannot pass descriptor " + std::to_string(ours) + " on");
      moves_.emplace_back(copy.get(), theirs);
      copies_.push_back(std::move(copy));
    }
  }

  /// Becomes the program; what stopped it goes as an error number to `failure`.
  [[noreturn]] void become(const char* program, char* const* words, char* const* settings,
                           int failure) const noexcept {
    // An end of ours that we cannot announce must not leave programs behind. The signal comes when
    // the thread that started the program ends, which waits for it.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == parent_ &&
        ::setpgid(0, 0) == 0 && forget_signals() && take_descriptors(failure) &&
        ::chdir(folder_) == 0) {
      ::execve(program, words, settings);
    }
    const int reason = errno;
    [[maybe_unused]] const ssize_t told = ::write(failure, &reason, sizeof reason);
    ::_exit(127);
  }

private:
  // Ignored signals (SIGPIPE is, with us) would otherwise stay ignored in the program.
  static bool forget_signals() noexcept {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    // Some numbers cannot be set, nor need it.
    for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
  }

  bool take_descriptors(int failure) const noexcept {
    for (int number = 0; number < beyond_; ++number) ::close(number);
    for (const auto& [copy, theirs] : moves_) {
      if (::dup2(copy, theirs) < 0) return false;
    }
    const auto kept = static_cast<unsigned>(failure);
    const auto first = static_cast<unsigned>(beyond_);
    return (kept == first || ::syscall(SYS_close_range, first, kept - 1, 0) == 0) &&
           ::syscall(SYS_close_range, kept + 1, ~0U, 0) == 0;
  }

  const char* folder_;
  int beyond_;
  pid_t parent_;
  std::vector<std::pair<int, int>> moves_;  ///< our copy, its number there
  std::vector<Fd> copies_;
};

/// A pipe whose writing end lies at `least` or above.
std::pair<Fd, Fd> failure_pipe(int least) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  Fd reader(ends[0]);
  const Fd writer(ends[1]);
  Fd high(::fcntl(writer.get(), F_DUPFD_CLOEXEC, least));
  if (!high) throw_errno("cannot make a pipe");
  return {std::move(reader), std::move(high)};
}

/// The child's id, or nothing and the reason in errno.
std::optional<pid_t> start(const std::string& program, const Start& side, char* const* words,
                           char* const* settings, int beyond) {
  auto [reader, writer] = failure_pipe(beyond);
  // No handler of ours may run in the child.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) side.become(program.c_str(), words, settings, writer.get());
  const int fork_reason = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    errno = fork_reason;
    return std::nullopt;
  }
  writer.reset();
  int reason = 0;
  ssize_t got = 0;
  do {
    got = ::read(reader.get(), &reason, sizeof reason);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof reason)) return pid;  // closed by exec
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  errno = reason;
  return std::nullopt;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string about(const Command& command) {
  return command.why.empty() ? command.program : command.program + " (to " + command.why + ")";
}

void require_folder(const Command& command) {
  struct stat status {};
  if (::stat(command.cwd.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw Error(Fault::environment, "cannot start " + about(command) + ": its working folder " +
                                        command.cwd.string() + " does not exist");
  }
}

std::map<int, int> descriptors_of(const Command& command, const StandardStreams& streams) {
  std::map<int, int> wanted = {{0, streams.input}, {1, streams.output}, {2, streams.error}};
  for (const auto& [theirs, ours] : command.inherit) {
    if (theirs < 3) {
      throw Error(Fault::internal, "a program inherits descriptors from 3 up (this is a bug)");
    }
    wanted[theirs] = ours;
  }
  return wanted;
}

}  // namespace

std::string located(const std::string& program, const std::map<std::string, std::string>& env) {
  if (program.find('/') != std::string::npos) return program;
  const auto path = env.find("PATH");
  const std::string folders = path == env.end() ? std::string() : path->second;
  for (const std::string& folder : split(folders, ':')) {
    if (folder.empty()) continue;
    std::string candidate = folder + "/" + program;
    struct stat status {};
    if (::stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  throw Error(Fault::environment, "program " + program + " not found (looked in " +
                                      (folders.empty() ? "no folder: PATH is empty" : folders) +
                                      "); install the package that has it");
}

pid_t spawn(const Command& command, const StandardStreams& streams) {
  std::string program = located(command.program, command.env);
  require_folder(command);
  const std::map<int, int> descriptors = descriptors_of(command, streams);
  const Start side(command.cwd, descriptors);

  std::vector<std::string> words{command.program};
  words.insert(words.end(), command.args.begin(), command.args.end());
  std::vector<std::string> settings;
  for (const auto& [name, value] : command.env) settings.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> envp = pointers_to(settings);

  // ETXTBSY: another thread was between fork and exec while the program's file was being written,
  // and its child holds that descriptor for a moment.
  for (int attempt = 0;; ++attempt) {
    const auto pid =
        start(program, side, argv.data(), envp.data(), descriptors.rbegin()->first + 1);
    if (pid) return *pid;
    const int failed = errno;
    if (failed != ETXTBSY || attempt == 50) {
      throw Error(Fault::environment, "cannot start " + about(command) + ": " +
                                          std::generic_category().message(failed));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Fd end_notice(pid_t pid) {
  // Not <sys/pidfd.h>: glibc 2.36 declares its functions without C linkage.
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

bool has_ended(pid_t pid) {
  siginfo_t info{};
  for (;;) {
    if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
      return info.si_pid == pid;
    }
    if (errno != EINTR) throw_errno("cannot wait for process " + std::to_string(pid));
  }
}

Outcome reap_group(pid_t pid) noexcept {
  // Before the leader is reaped: until then the group's number cannot be given to others.
  ::kill(-pid, SIGKILL);
  int status = 0;
  rusage usage{};
  while (::wait4(pid, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  Outcome outcome;
  outcome.usage = usage_from(usage);
  if (WIFSIGNALED(status)) {
    outcome.signal = WTERMSIG(status);
    outcome.exit_code = 128 + outcome.signal;
  } else {
    outcome.exit_code = WEXITSTATUS(status);
  }
  return outcome;
}

Outcome end_group(pid_t pid) noexcept {
  ::kill(-pid, SIGTERM);
  const auto deadline = std::chrono::steady_clock::now() + stop_grace;
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid != pid && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return reap_group(pid);
}

}  // namespace ingot::os
