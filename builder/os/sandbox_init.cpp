// SPDX-License-Identifier: Apache-2.0
// `sandbox-init`: prepares namespaces and the root on the host's side, and cleans up after.
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "os/mount_points.hpp"
#include "os/mounts.hpp"
#include "os/sandbox.hpp"
#include "os/sandbox_description.hpp"
#include "os/sandbox_inside.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

/// Hidden by a tmpfs while the sandbox is set up; everything of the host is open by then.
constexpr const char* stage = "/tmp";

SandboxDescription read_description() {
  const Fd source(description_fd);
  std::vector<std::uint8_t> bytes;
  std::array<std::uint8_t, 65536> buffer;
  constexpr std::size_t limit = 64 << 20;
  while (bytes.size() < limit) {
    const std::size_t got = read_some(source.get(), buffer, "descriptor 3");
    if (got == 0) break;
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + got);
  }
  return unpacked(bytes);
}

void die_with(pid_t caller) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) throw_environment("cannot tie processes");
  // It may have died before the call above.
  if (::getppid() != caller) throw Error(Fault::environment, "the caller is gone");
}

void leave_host() {
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET) != 0) {
    throw_environment("cannot make namespaces (run as root, or where user namespaces are allowed)");
  }
  make_mounts_private();
}

bool in_tmpfs(const fs::path& target) {
  const std::string top = target.begin() == target.end() ? "" : (++target.begin())->string();
  return top == "run" || top == "tmp" || top == "dev" || top == "proc";
}

std::vector<MountPoint> points_of(const SandboxDescription& description,
                                  const SandboxTrees& trees) {
  std::vector<MountPoint> points = {
      {.target = "/proc"}, {.target = "/dev"}, {.target = "/run"}, {.target = "/tmp"}};
  for (std::size_t i = 0; i < trees.binds.size(); ++i) {
    const std::string& target = description.root.binds[i].target;
    if (in_tmpfs(target)) continue;
    struct stat status {};
    if (::fstat(trees.binds[i].get(), &status) != 0) throw_environment("cannot read a bind");
    points.push_back(
        {.target = target, .kind = S_ISDIR(status.st_mode) ? PointKind::folder : PointKind::file});
  }
  return points;
}

fs::path fresh_folder(const fs::path& folder) {
  remove_tree(folder);
  if (::mkdir(folder.c_str(), 0755) != 0) throw_environment("cannot make " + folder.string());
  return folder;
}

void set_stage(const fs::path& target) {
  attach(new_filesystem("tmpfs", {{"mode", "0755"}}), stage);
  fresh_folder(target);
}

/// Mounts the root at <stage>/root and returns that.
fs::path mount_root(const SandboxRoot& root, const std::vector<MountPoint>& points) {
  const fs::path target = fs::path(stage) / "root";
  if (root.lowers.empty()) {
    const Fd tree = copy_of_tree(root.upper.value());
    set_stage(target);
    attach(tree, target);
    return target;
  }
  if (root.upper) {
    // On the file system of the upper, so that all files of the overlay show one device.
    const fs::path sketch = fresh_folder(root.work.value() / "mounts");
    sketch_mount_points(sketch, points);
    OverlaySources sources(root.lowers, root.upper, fresh_folder(*root.work / "overlay"));
    sources.add_lowest(sketch);
    set_stage(target);
    sources.mount_at(target);
    return target;
  }
  OverlaySources sources(root.lowers);
  set_stage(target);
  const fs::path sketch = fresh_folder(fs::path(stage) / "mounts");
  sketch_mount_points(sketch, points);
  sources.add_lowest(sketch);
  sources.mount_at(target);
  return target;
}

/// Mount points that the root lacked, until the sandbox has ended.
class MissingPoints {
public:
  explicit MissingPoints(const fs::path& root) : points_(root) {}
  MissingPoints(const MissingPoints&) = delete;
  MissingPoints& operator=(const MissingPoints&) = delete;
  ~MissingPoints() { points_.remove_made(); }
  void make(const MountPoint& point) { points_.make(point); }

private:
  MountPoints points_;
};

sigset_t block_signals() {
  sigset_t awaited;
  ::sigemptyset(&awaited);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&awaited, signal);
  if (::sigprocmask(SIG_BLOCK, &awaited, nullptr) != 0) throw_environment("cannot block signals");
  return awaited;
}

/// Starts the first process of the new PID namespace; it dies when this one does.
pid_t start_inside(const SandboxDescription& description, const SandboxTrees& trees,
                   const fs::path& root) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_environment("cannot make a pipe");
  Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw_environment("cannot start a process");
  if (child > 0) {
    // Left open until this process ends: its closing is how the child learns of that.
    static_cast<void>(writing.release());
    return child;
  }
  try {
    writing.reset();
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) throw_environment("cannot tie processes");
    pollfd waited{reading.get(), POLLIN, 0};
    if (::poll(&waited, 1, 0) != 0) throw Error(Fault::environment, "the caller is gone");
    ::_exit(live_inside(description, trees, root));
  } catch (const std::exception& error) {
    complain(error);
  }
  ::_exit(sandbox_failed);
}

/// Waits for the sandbox's first process; when asked to stop, gives it three seconds.
int wait_for(pid_t child, const sigset_t& awaited) {
  std::optional<steady_clock::time_point> deadline;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended < 0 && errno != EINTR) throw_environment("cannot wait for the sandbox");
    if (ended == child) {
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    const timespec second{1, 0};
    const int signal = ::sigtimedwait(&awaited, nullptr, &second);
    if (signal > 0 && signal != SIGCHLD && !deadline) {
      deadline = steady_clock::now() + std::chrono::seconds(3);
    }
    if (deadline && steady_clock::now() >= *deadline) ::kill(child, SIGKILL);
  }
}

int run_described() {
  const SandboxDescription description = read_description();
  die_with(description.caller);
  ::umask(022);
  const sigset_t awaited = block_signals();
  leave_host();
  const SandboxTrees trees = open_trees(description);
  const std::vector<MountPoint> points = points_of(description, trees);
  const fs::path root = mount_root(description.root, points);
  MissingPoints missing(root);
  for (const MountPoint& point : points) missing.make(point);
  return wait_for(start_inside(description, trees, root), awaited);
}

}  // namespace

int sandbox_init() {
  int code = sandbox_failed;
  try {
    code = run_described();
  } catch (const std::exception& error) {
    complain(error);
  }
  // Not by returning: exit handlers of libraries may start threads, and in a process that made a
  // PID namespace such a start fails or never ends.
  ::_exit(code);
}

}  // namespace ingot::os
