// SPDX-License-Identifier: Apache-2.0
// The life of a sandbox's first process: it takes the prepared root, starts the command, reaps.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "os/fd.hpp"
#include "os/sandbox_description.hpp"

namespace ingot::os {

/// Copies of the host's trees, made while they could be reached.
struct SandboxTrees {
  std::vector<Fd> binds;              ///< one for each of the description's
  std::map<std::string, Fd> devices;  ///< by name in /dev
};

/// Opens what the description binds, and the devices.
SandboxTrees open_trees(const SandboxDescription& description);

/// Runs as process 1 of a new PID namespace with `root` a mount point; returns the command's exit
/// code. Throws what kept it from starting the command.
int live_inside(const SandboxDescription& description, const SandboxTrees& trees,
                const std::filesystem::path& root);

/// Writes an error as one line that the caller recognises.
void complain(const std::exception& error) noexcept;

}  // namespace ingot::os
