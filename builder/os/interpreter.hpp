// SPDX-License-Identifier: Apache-2.0
// What the kernel opens besides a program when it starts it.
#pragma once

#include <optional>
#include <string>

namespace ingot::os {

/// The interpreter that the file at `path` names: of a script, by its first line; of a 64-bit ELF
/// program, by its program headers (PT_INTERP). Nothing for all else, readable or not. Sources:
/// execve(2), elf(5).
std::optional<std::string> interpreter_of(const std::string& path);

}  // namespace ingot::os
