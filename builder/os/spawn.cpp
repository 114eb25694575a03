// SPDX-License-Identifier: Apache-2.0
#include "os/spawn.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/words.hpp"

namespace ingot::os {
namespace {

void checked(const char* doing, int error_number) {
  if (error_number != 0) throw_errno(doing, error_number);
}

class FileActions {
public:
  FileActions() { checked("cannot prepare a process", ::posix_spawn_file_actions_init(&actions_)); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void change_folder(const std::filesystem::path& folder) {
    checked("cannot prepare a process",
            ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()));
  }

  /// Gives the program exactly `wanted` (its number -> ours); everything else is closed.
  void pass(const std::map<int, int>& wanted) {
    const int beyond = wanted.rbegin()->first + 1;
    // Copies above every wanted number: no dup2 can then overwrite the source of a later one.
    for (const auto& [theirs, ours] : wanted) {
      Fd copy(::fcntl(ours, F_DUPFD_CLOEXEC, beyond));
      if (!copy) throw_errno("cannot pass descriptor " + std::to_string(ours) + " on");
      checked("cannot prepare a process",
              ::posix_spawn_file_actions_adddup2(&actions_, copy.get(), theirs));
      copies_.push_back(std::move(copy));
    }
    for (int number = 0; number < beyond; ++number) {
      if (wanted.count(number) != 0) continue;
      checked("cannot prepare a process", ::posix_spawn_file_actions_addclose(&actions_, number));
    }
    checked("cannot prepare a process",
            ::posix_spawn_file_actions_addclosefrom_np(&actions_, beyond));
  }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
  std::vector<Fd> copies_;
};

class Attributes {
public:
  Attributes() {
    checked("cannot prepare a process", ::posix_spawnattr_init(&attributes_));
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    // Ignored signals (SIGPIPE is, with us) would otherwise stay ignored in the program.
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

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
  FileActions actions;
  actions.change_folder(command.cwd);
  actions.pass(descriptors_of(command, streams));
  const Attributes attributes;

  std::vector<std::string> words{command.program};
  words.insert(words.end(), command.args.begin(), command.args.end());
  std::vector<std::string> settings;
  for (const auto& [name, value] : command.env) settings.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> envp = pointers_to(settings);

  // ETXTBSY: another thread was between fork and exec while the program's file was being written,
  // and its child holds that descriptor for a moment.
  for (int attempt = 0;; ++attempt) {
    pid_t pid = -1;
    const int failed = ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(),
                                     argv.data(), envp.data());
    if (failed == 0) return pid;
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
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  Outcome outcome;
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
