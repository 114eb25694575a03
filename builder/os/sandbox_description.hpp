// SPDX-License-Identifier: Apache-2.0
// What a sandbox is to be, as it travels from the caller to `sandbox-init`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "os/process.hpp"
#include "os/sandbox.hpp"

namespace ingot::os {

/// The descriptor on which `sandbox-init` finds its description.
constexpr int description_fd = 3;
/// The exit code of `sandbox-init` when it could not start the command; the last line on standard
/// error then starts with `sandbox_fault`.
constexpr int sandbox_failed = 125;
constexpr std::string_view sandbox_fault = "sandbox: ";

struct SandboxDescription {
  SandboxRoot root;
  Command command;                   ///< program, args, env and cwd only
  std::vector<int> kept;             ///< descriptors that the command inherits, besides 0, 1 and 2
  std::optional<int> trace_fd = {};  ///< where a PathTrace is wanted
  unsigned turn = 0;                 ///< which core traces it; successive ones share the work
  pid_t caller = 0;
};

/// Names may hold any byte, so this is CBOR rather than JSON text.
std::vector<std::uint8_t> packed(const SandboxDescription& description);
/// Fault::internal when the bytes are no description.
SandboxDescription unpacked(std::span<const std::uint8_t> bytes);

}  // namespace ingot::os
