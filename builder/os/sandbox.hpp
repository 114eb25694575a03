// SPDX-License-Identifier: Apache-2.0
// A command in a root of its own: namespaces, overlay, no network, nothing of the host in sight.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/path_trace.hpp"
#include "os/process.hpp"

namespace ingot::os {

enum class Access { read_only, read_write };

struct Bind {
  std::filesystem::path source = {};  ///< file or folder of the host
  std::string target = {};            ///< absolute path inside; made when missing
  Access access = Access::read_only;
};

/// What the command sees.
struct SandboxRoot {
  /// Trees from the lowest to the uppermost; each is a folder.
  std::vector<std::filesystem::path> lowers = {};
  /// Where changes go: `upper` holds them afterwards as an overlay upper (whiteouts are character
  /// devices 0:0, opaque folders carry user.overlay.opaque; nothing of it is synced to disk).
  /// Without it the root is read-only; without lowers it is the root itself, a plain folder.
  std::optional<std::filesystem::path> upper = {};
  /// Empty folder on the file system of `upper`; its content is lost. Not needed without lowers.
  std::optional<std::filesystem::path> work = {};
  std::vector<Bind> binds = {};
};

/// Runs `command` with `root` as its root: new user-visible mount, PID, IPC, UTS and network
/// namespaces; /proc, a minimal /dev, tmpfs on /run and /tmp (neither reaches `upper`), no /sys;
/// host name "localhost", umask 022; everything inside ends with the command. Mount points that no
/// layer has leave no trace in `upper`. Root inside lacks the capabilities to mount, to make
/// device files and to change the clock or the kernel. `command.cwd` and `command.program` are
/// paths inside; descriptors are inherited from 4 up. A program that tries to reach a network finds
/// only a loopback that is up. Works through `<executable> sandbox-init`, a re-execution of
/// ourselves: a multi-threaded process must not set up namespaces after fork. Needs CAP_SYS_ADMIN
/// in its user namespace; Fault::environment says what is missing. With `trace`, the command runs
/// on one core, cannot gain privileges, and `trace` tells what it looked at.
Outcome run_in_sandbox(const Runner& runner, const Environment& environment,
                       const SandboxRoot& root, const Command& command, PathTrace* trace = nullptr);

/// The other side: reads the description from descriptor 3, sets up, executes, and ends the process
/// with the command's exit code; with 125 and a line on stderr when it could not get that far.
[[noreturn]] int sandbox_init();

/// Gives this process a mount namespace of its own, so that whatever it mounts ends with it, even
/// when it is killed; and the umask 022 of sandboxes, so that trees do not show the caller's.
/// Called once, before threads exist. Fault::environment when forbidden.
void enter_private_mounts();

/// The overlay of `root` mounted at an existing empty folder, for reading a finished tree in
/// place, read-only (an upper counts as the uppermost layer) and without the binds; unmounted by
/// the destructor. Needs enter_private_mounts().
class OverlayMount {
public:
  OverlayMount(const SandboxRoot& root, std::filesystem::path target);
  OverlayMount(OverlayMount&& other) noexcept;
  OverlayMount& operator=(OverlayMount&&) = delete;
  ~OverlayMount();
  const std::filesystem::path& path() const noexcept { return target_; }

private:
  std::filesystem::path target_;
};

}  // namespace ingot::os
