// SPDX-License-Identifier: Apache-2.0
// Work in a process of its own, whose namespaces and mounts end with it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace ingot::os {

/// Runs `work` in a forked child and returns its text; an Error that leaves the work leaves this
/// call with the same fault and message. Fault::environment when the child has not answered within
/// `limit`, or died; its group is killed then. The caller has no other threads.
std::string in_child(const std::function<std::string()>& work, std::chrono::milliseconds limit);

}  // namespace ingot::os
