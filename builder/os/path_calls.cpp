// SPDX-License-Identifier: Apache-2.0
#include "os/path_calls.hpp"

#include <cerrno>
#include <cstddef>
#include <set>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/mounts.hpp"

namespace ingot::os {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t native = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t native = AUDIT_ARCH_AARCH64;
#else
#error "tracing paths knows x86-64 and arm64"
#endif

/// Calls of x32 (x86-64 with short pointers) have this bit; no other architecture uses it.
constexpr std::uint32_t x32_bit = 0x40000000;

/// cachestat; numbers are the same on all architectures. Whoever makes a later call copes without.
constexpr std::uint32_t last_known_call = 451;

sock_filter statement(unsigned code, std::uint32_t value) {
  return BPF_STMT(static_cast<std::uint16_t>(code), value);
}

/// Goes on behind the next statement unless the value is this.
sock_filter unless_equal_skip(std::uint32_t value) {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
}

std::vector<sock_filter> program() {
  std::vector<sock_filter> lines = {
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, native, 1, 0),
      statement(BPF_RET | BPF_K, SECCOMP_RET_TRACE | unknown_call),
      statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, x32_bit, 0, 1),
      statement(BPF_RET | BPF_K, SECCOMP_RET_TRACE | unknown_call),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last_known_call, 1, 0),
      unless_equal_skip(SYS_io_uring_setup),
      statement(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)};
  std::set<long> calls = {SYS_chroot};
  for (const PathArgument& argument : path_arguments()) calls.insert(argument.call);
  for (const long call : calls) {
    lines.push_back(unless_equal_skip(static_cast<std::uint32_t>(call)));
    lines.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  lines.push_back(statement(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return lines;
}

}  // namespace

const std::vector<PathArgument>& path_arguments() {
  constexpr PathUse looked = PathUse::looked;
  constexpr PathUse opened = PathUse::opened;
  static const std::vector<PathArgument> arguments = {
#if defined(__x86_64__)
    {SYS_open, -1, 0, opened},
    {SYS_creat, -1, 0, opened},
    {SYS_stat, -1, 0},
    {SYS_lstat, -1, 0},
    {SYS_access, -1, 0},
    {SYS_readlink, -1, 0},
    {SYS_rename, -1, 0},
    {SYS_rename, -1, 1},
    {SYS_link, -1, 0},
    {SYS_link, -1, 1},
    {SYS_symlink, -1, 1},
    {SYS_unlink, -1, 0},
    {SYS_mkdir, -1, 0},
    {SYS_rmdir, -1, 0},
    {SYS_mknod, -1, 0},
    {SYS_chmod, -1, 0},
    {SYS_chown, -1, 0},
    {SYS_lchown, -1, 0},
    {SYS_utime, -1, 0},
    {SYS_utimes, -1, 0},
    {SYS_futimesat, 0, 1},
    {SYS_uselib, -1, 0},
    {SYS_renameat, 0, 1},
    {SYS_renameat, 2, 3},
#endif
    {SYS_openat, 0, 1, opened},
    {SYS_openat2, 0, 1, opened},
    {SYS_newfstatat, 0, 1},
    {SYS_statx, 0, 1},
    {SYS_faccessat, 0, 1},
    {SYS_faccessat2, 0, 1},
    {SYS_readlinkat, 0, 1},
    {SYS_renameat2, 0, 1},
    {SYS_renameat2, 2, 3},
    {SYS_linkat, 0, 1},
    {SYS_linkat, 2, 3},
    {SYS_symlinkat, 1, 2},
    {SYS_unlinkat, 0, 1},
    {SYS_mkdirat, 0, 1},
    {SYS_mknodat, 0, 1},
    {SYS_fchmodat, 0, 1},
    {SYS_fchownat, 0, 1},
    {SYS_utimensat, 0, 1},
    {SYS_name_to_handle_at, 0, 1},
    {SYS_chdir, -1, 0},
    {SYS_truncate, -1, 0},
    {SYS_statfs, -1, 0},
    {SYS_getxattr, -1, 0},
    {SYS_lgetxattr, -1, 0},
    {SYS_listxattr, -1, 0},
    {SYS_llistxattr, -1, 0},
    {SYS_setxattr, -1, 0},
    {SYS_lsetxattr, -1, 0},
    {SYS_removexattr, -1, 0},
    {SYS_lremovexattr, -1, 0},
    {SYS_inotify_add_watch, -1, 1},
    {SYS_execve, -1, 0, looked, true},
    {SYS_execveat, 0, 1, looked, true},
  };
  return arguments;
}

bool can_stop_at_calls() noexcept {
  std::uint32_t action = SECCOMP_RET_TRACE;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void stop_at_path_calls() {
  std::vector<sock_filter> lines = program();
  const sock_fprog filter{static_cast<unsigned short>(lines.size()), lines.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0)
    throw_environment("cannot watch system calls");
}

}  // namespace ingot::os
