// SPDX-License-Identifier: Apache-2.0
// The programs that file systems are made with: those of INGOT_TEST_BUILD_ROOT, else the host's.
#pragma once

#include <string>

#include "support/host_tool.hpp"

namespace ingot::test {

/// A root is entered with chroot after bind mounts in a mount namespace of their own: root only.
inline disk::Tool build_root_tool() {
  const os::Environment environment = os::Environment::of_process();
  const std::string root = environment.get_or("INGOT_TEST_BUILD_ROOT", "");
  if (root.empty()) {
    return host_tool();
  }
  return [root](const os::Command& command, const std::vector<os::Bind>& binds) {
    os::Command own = command;
    own.program = "unshare";
    std::string script = "set -e\nroot=$1\nshift\n";
    std::vector<std::string> arguments = {"-m", "sh", "-c", "", "sh", root};
    for (const os::Bind& bind : binds) {
      const std::string target = root + bind.target;
      std::filesystem::create_directories(std::filesystem::path(target).parent_path());
      script += "[ -d \"$1\" ] && mkdir -p \"$2\" || touch \"$2\"\nmount --bind \"$1\" \"$2\"\n";
      script += "shift 2\n";
      arguments.push_back(bind.source.string());
      arguments.push_back(target);
    }
    script += "exec chroot \"$root\" \"$@\"\n";
    arguments[3] = script;
    arguments.push_back(command.program);
    arguments.insert(arguments.end(), command.args.begin(), command.args.end());
    own.args = arguments;
    const os::Outcome outcome = os::SystemRunner().run(own);
    for (const os::Bind& bind : binds) {
      os::remove_tree(root + bind.target);
    }
    return outcome;
  };
}

inline bool has_build_root() {
  return !os::Environment::of_process().get_or("INGOT_TEST_BUILD_ROOT", "").empty();
}

}  // namespace ingot::test
