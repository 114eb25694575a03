// SPDX-License-Identifier: Apache-2.0
#include "os/path_tracer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/words.hpp"
#include "os/fd.hpp"
#include "os/interpreter.hpp"
#include "os/mounts.hpp"

namespace ingot::os {
namespace {

constexpr long watched = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK |
                         PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;

/// A script may be interpreted by a script.
constexpr int deepest_interpreter = 5;

void resume(pid_t process, int signal) {
  // It may have been killed meanwhile.
  ::ptrace(PTRACE_CONT, process, nullptr, signal);
}

bool stops_group(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

std::optional<std::string> link_target(const std::string& link) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  if (size < 0 || size == static_cast<ssize_t>(target.size())) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(size));
}

std::string in_proc(pid_t process, const std::string& name) {
  return "/proc/" + std::to_string(process) + "/" + name;
}

enum class Reading { whole, refused, failed };

/// Up to the first 0 byte of another process's memory.
Reading read_text(pid_t process, std::uint64_t address, std::string& text) {
  constexpr std::uint64_t page = 4096;
  std::array<char, page> buffer;
  while (text.size() < PATH_MAX) {
    // A text may end right before memory that is not there.
    const std::uint64_t size = page - address % page;
    iovec local{buffer.data(), size};
    iovec remote{reinterpret_cast<void*>(address), size};
    const ssize_t got = ::process_vm_readv(process, &local, 1, &remote, 1, 0);
    if (got <= 0) return errno == EFAULT ? Reading::refused : Reading::failed;
    const std::string_view part(buffer.data(), static_cast<std::size_t>(got));
    const std::size_t end = part.find('\0');
    text += part.substr(0, end);
    if (end != std::string_view::npos) return Reading::whole;
    address += static_cast<std::uint64_t>(got);
  }
  return Reading::refused;  // the kernel will say ENAMETOOLONG
}

std::string plain(const std::string& path) {
  std::string result;
  for (const std::string& part : split(path, '/'))
    if (!part.empty() && part != ".") result += "/" + part;
  return result.empty() ? "/" : result;
}

bool of_sandbox(const std::string& path) {
  for (const std::string_view folder : {"/proc", "/dev", "/run", "/tmp"})
    if (path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/'))
      return true;
  return false;
}

/// Where `path` leads when all links are followed, in whole or but for a last part that is missing.
std::optional<std::string> destination(const std::string& path) {
  if (const Fd found(::open(path.c_str(), O_PATH | O_CLOEXEC)); found)
    return link_target("/proc/self/fd/" + std::to_string(found.get()));
  if (errno != ENOENT) return std::nullopt;
  const std::size_t slash = path.rfind('/');
  if (slash == 0 || slash == std::string::npos) return std::nullopt;
  const Fd parent(::open(path.substr(0, slash).c_str(), O_PATH | O_CLOEXEC | O_DIRECTORY));
  if (!parent) return std::nullopt;
  const auto folder = link_target("/proc/self/fd/" + std::to_string(parent.get()));
  return folder ? std::optional(*folder + path.substr(slash)) : std::nullopt;
}

/// Without it all is slower, not wrong.
void stay_on_one_core(unsigned turn) {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return;
  const int count = CPU_COUNT(&cores);
  if (count == 0) return;
  unsigned before = turn % static_cast<unsigned>(count);
  std::size_t core = 0;
  while (!CPU_ISSET(core, &cores) || before-- > 0) ++core;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);
}

}  // namespace

void PathTracer::start(unsigned turn, const std::function<void()>& work) {
  stay_on_one_core(turn);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_environment("cannot make a pipe");
  Fd reading(ends[0]);
  Fd writing(ends[1]);
  started_ = ::fork();
  if (started_ < 0) throw_environment("cannot start a process");
  if (started_ == 0) {
    writing.reset();
    char watch = 0;
    if (::read(reading.get(), &watch, 1) != 1) ::_exit(1);
    if (watch == 'w') stop_at_path_calls();
    work();
    ::_exit(1);
  }
  const bool may =
      can_stop_at_calls() && ::ptrace(PTRACE_SEIZE, started_, nullptr, watched) == 0;
  if (!may) lose("processes may not be traced here");
  if (::write(writing.get(), may ? "w" : "-", 1) != 1) throw_environment("cannot write to a pipe");
}

int PathTracer::follow() {
  for (;;) {
    int status = 0;
    const pid_t process = ::waitpid(-1, &status, __WALL);
    if (process < 0) {
      if (errno == EINTR) continue;
      throw_environment("cannot wait for a process");
    }
    if (WIFSTOPPED(status))
      stopped(process, status);
    else if (process == started_)
      return status;
  }
}

void PathTracer::stopped(pid_t process, int status) {
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  if (event == PTRACE_EVENT_SECCOMP) note_call(process);
  if (event == PTRACE_EVENT_STOP && stops_group(signal))
    ::ptrace(PTRACE_LISTEN, process, nullptr, nullptr);
  else
    resume(process, event == 0 ? signal : 0);
}

void PathTracer::lose(const std::string& why) {
  if (trace_.gap.empty()) trace_.gap = why;
}

void PathTracer::note_call(pid_t process) {
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, process, sizeof info, &info) <= 0 ||
      info.op != PTRACE_SYSCALL_INFO_SECCOMP)
    return lose("a system call could not be looked at");
  if (info.seccomp.ret_data == unknown_call)
    return lose("a program made a system call of another architecture");
  const auto call = static_cast<long>(info.seccomp.nr);
  if (call == SYS_chroot) {
    roots_change_ = true;
    return;
  }
  const bool confined = roots_change_ && other_root(process);
  std::array<std::uint64_t, 6> values;
  std::copy(std::begin(info.seccomp.args), std::end(info.seccomp.args), values.begin());
  for (const PathArgument& argument : path_arguments())
    if (argument.call == call) note_argument(process, argument, values.data(), confined);
}

bool PathTracer::other_root(pid_t process) {
  const auto root = link_target(in_proc(process, "root"));
  if (root == "/") return false;
  // Nothing leads out of it by name, so that one made by the command has nothing of the tree.
  if (!root || !of_sandbox(*root)) lose("a program changed its root");
  return true;
}

void PathTracer::note_argument(pid_t process, const PathArgument& argument,
                               const std::uint64_t* values, bool confined) {
  const std::uint64_t address = values[argument.path];
  std::string path;
  if (address == 0) return;
  const Reading reading = read_text(process, address, path);
  if (reading == Reading::failed) lose("a path could not be read");
  // An empty one means the descriptor, which was opened by its path.
  if (reading != Reading::whole || path.empty()) return;
  if (path.front() == '/') {
    if (confined) return;
  } else {
    const int folder = argument.folder < 0 ? AT_FDCWD : static_cast<int>(values[argument.folder]);
    const auto base =
        link_target(in_proc(process, folder == AT_FDCWD ? "cwd" : "fd/" + std::to_string(folder)));
    if (!base) return;  // no such descriptor: the call fails
    path.insert(0, *base + "/");
  }
  note(path, argument.use);
  if (argument.executes) note_program(path, 0);
}

void PathTracer::note(const std::string& given, PathUse use) {
  const std::string path = plain(given);
  if (!of_sandbox(path)) trace_.add(path, use);
  // Links may lead from one to the other, and those that the command makes are gone afterwards.
  const auto leads_to = destination(given);
  if (leads_to && leads_to->front() == '/' && *leads_to != path && !of_sandbox(*leads_to))
    trace_.add(*leads_to, use);
}

void PathTracer::note_program(const std::string& path, int depth) {
  const auto interpreter = interpreter_of(path);
  if (!interpreter || interpreter->empty() || depth > deepest_interpreter) return;
  if (interpreter->front() != '/') return lose("an interpreter is named by a relative path");
  note(*interpreter, PathUse::looked);
  note_program(*interpreter, depth + 1);
}

}  // namespace ingot::os
