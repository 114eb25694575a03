// SPDX-License-Identifier: Apache-2.0
#include "os/sandbox_inside.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/mount_points.hpp"
#include "os/mounts.hpp"
#include "os/path_tracer.hpp"
#include "os/spawn.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

void checked(int result, const std::string& doing) {
  if (result != 0) throw_environment(doing);
}

void enter(const fs::path& root) {
  checked(::chdir(root.c_str()), "cannot enter the root");
  // With both the same folder the old root ends up on top of the new one, and no folder inside is
  // needed for it.
  checked(static_cast<int>(::syscall(SYS_pivot_root, ".", ".")), "cannot change the root");
  checked(::umount2(".", MNT_DETACH), "cannot leave the host's root");
  checked(::chdir("/"), "cannot enter the root");
}

void make_dev(const SandboxTrees& trees) {
  attach(new_filesystem("tmpfs", {{"mode", "0755"}}), "/dev");
  for (const auto& [name, device] : trees.devices) {
    const std::string place = "/dev/" + name;
    open_file(place, O_WRONLY | O_CREAT, 0644);
    attach(device, place);
  }
  constexpr std::array<std::array<const char*, 2>, 4> links{{{"/proc/self/fd", "/dev/fd"},
                                                             {"fd/0", "/dev/stdin"},
                                                             {"fd/1", "/dev/stdout"},
                                                             {"fd/2", "/dev/stderr"}}};
  for (const auto& [target, place] : links) checked(::symlink(target, place), "cannot fill /dev");
  checked(::mkdir("/dev/shm", 0755), "cannot fill /dev");
  attach(new_filesystem("tmpfs", {{"mode", "1777"}}), "/dev/shm");
  try {
    const Fd terminals =
        new_filesystem("devpts", {{"newinstance", ""}, {"ptmxmode", "0666"}, {"mode", "0620"}});
    checked(::mkdir("/dev/pts", 0755), "cannot fill /dev");
    attach(terminals, "/dev/pts");
    checked(::symlink("pts/ptmx", "/dev/ptmx"), "cannot fill /dev");
  } catch (const Error&) {
    // Some containers forbid it, and hardly a build asks for a terminal.
  }
}

/// Whether `path` is `folder` or lies below it.
bool within(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

void attach_binds(const SandboxDescription& description, const SandboxTrees& trees) {
  const std::vector<Bind>& binds = description.root.binds;
  MountPoints points("/");
  for (std::size_t i = 0; i < binds.size(); ++i) {
    struct stat status {};
    checked(::fstat(trees.binds[i].get(), &status), "cannot read " + binds[i].source.string());
    // A mount point inside an earlier bind would be made in the host's own folder.
    const bool nested =
        std::any_of(binds.begin(), binds.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const Bind& earlier) { return within(binds[i].target, earlier.target); });
    if (nested && ::access(binds[i].target.c_str(), F_OK) != 0) {
      throw_environment("cannot mount at " + binds[i].target + ", which lies in another bind");
    }
    points.make({.target = binds[i].target,
                 .kind = S_ISDIR(status.st_mode) ? PointKind::folder : PointKind::file});
    attach(trees.binds[i], binds[i].target);
  }
}

void raise_loopback() {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) throw_environment("cannot open a socket");
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  checked(::ioctl(socket.get(), SIOCSIFFLAGS, &request), "cannot raise the loopback");
}

/// What installing packages needs, and nothing with which root could reach past its root: no
/// device files, modules, mounts, clocks, raw disks.
void drop_capabilities() {
  constexpr std::array<unsigned, 11> kept = {
      CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,  CAP_FSETID,     CAP_KILL,       CAP_SETGID,
      CAP_SETUID, CAP_SETPCAP,      CAP_SETFCAP, CAP_SYS_CHROOT, CAP_AUDIT_WRITE};
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
       ++capability) {
    if (std::find(kept.begin(), kept.end(), capability) != kept.end()) continue;
    checked(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "cannot drop a capability");
  }
  // With these, a program's capabilities come from the bounding set alone.
  checked(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "cannot drop capabilities");
}

void close_range_of(unsigned first, unsigned last) {
  checked(static_cast<int>(::syscall(SYS_close_range, first, last, 0)), "cannot close descriptors");
}

/// The first process can be looked into by the command: it must hold nothing of the host.
void close_others(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned from = 3;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > from) close_range_of(from, number - 1);
    from = number + 1;
  }
  close_range_of(from, ~0U);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void execute(const Command& command) {
  const std::string program = located(command.program, command.env);
  checked(::chdir(command.cwd.c_str()), "cannot enter " + command.cwd.string());
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  std::vector<std::string> words{command.program};
  words.insert(words.end(), command.args.begin(), command.args.end());
  std::vector<std::string> settings;
  for (const auto& [name, value] : command.env) settings.push_back(name + "=" + value);
  ::execve(program.c_str(), pointers_to(words).data(), pointers_to(settings).data());
  throw_environment("cannot start " + program);
}

[[noreturn]] void execute_or_complain(const Command& command) {
  try {
    execute(command);
  } catch (const std::exception& error) {
    complain(error);
  }
  ::_exit(sandbox_failed);
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int start_and_reap(const Command& command) {
  const pid_t started = ::fork();
  if (started < 0) throw_environment("cannot start a process");
  if (started == 0) execute_or_complain(command);
  // Orphans become our children. When we return, the kernel kills those that are left.
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) throw_environment("cannot wait for a process");
    if (ended == started) return exit_code_of(status);
  }
}

/// The same, and writes which paths were looked at.
int start_and_trace(const Command& command, int trace_fd, unsigned turn) {
  if (::fcntl(trace_fd, F_SETFD, FD_CLOEXEC) != 0) throw_environment("cannot keep a descriptor");
  PathTracer tracer;
  tracer.start(turn, [&] { execute_or_complain(command); });
  const int status = tracer.follow();
  write_all(trace_fd, packed(tracer.trace()), "the record of paths");
  return exit_code_of(status);
}

}  // namespace

SandboxTrees open_trees(const SandboxDescription& description) {
  SandboxTrees trees;
  for (const Bind& bind : description.root.binds) {
    trees.binds.push_back(copy_of_tree(bind.source));
    if (bind.access == Access::read_only) make_read_only(trees.binds.back(), bind.source);
  }
  for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    const fs::path device = fs::path("/dev") / name;
    // Containers may lack a terminal.
    if (device.filename() == "tty" && ::access(device.c_str(), F_OK) != 0) continue;
    trees.devices.emplace(name, copy_of_tree(device));
  }
  return trees;
}

int live_inside(const SandboxDescription& description, const SandboxTrees& trees,
                const fs::path& root) {
  checked(::unshare(CLONE_NEWNS), "cannot make a mount namespace");
  // Before the host's /proc is out of sight: in a user namespace the kernel grants a new one only
  // to those who see one already.
  const Fd processes = new_filesystem("proc");
  enter(root);
  attach(processes, "/proc");
  make_dev(trees);
  attach(new_filesystem("tmpfs", {{"mode", "0755"}}), "/run");
  attach(new_filesystem("tmpfs", {{"mode", "1777"}}), "/tmp");
  attach_binds(description, trees);
  raise_loopback();
  constexpr std::string_view host = "localhost";
  constexpr std::string_view domain = "(none)";
  checked(::sethostname(host.data(), host.size()), "cannot set the host name");
  checked(::setdomainname(domain.data(), domain.size()), "cannot set the domain name");
  drop_capabilities();
  std::vector<int> kept = description.kept;
  if (description.trace_fd) kept.push_back(*description.trace_fd);
  close_others(std::move(kept));
  if (description.trace_fd)
    return start_and_trace(description.command, *description.trace_fd, description.turn);
  return start_and_reap(description.command);
}

void complain(const std::exception& error) noexcept {
  try {
    std::string line(sandbox_fault);
    line += error.what();
    std::replace(line.begin(), line.end(), '\n', ' ');
    line += '\n';
    write_all(STDERR_FILENO, {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()},
              "standard error");
  } catch (...) {
    // The exit code has to say it alone.
  }
}

}  // namespace ingot::os
