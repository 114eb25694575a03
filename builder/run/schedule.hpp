// SPDX-License-Identifier: Apache-2.0
// Running work whose parts depend on each other, as many at a time as are ready.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace ingot::run {

struct Work {
  std::string name;
  std::vector<std::string> after;  ///< names of works that must be done before
  std::function<void()> run;
};

/// Runs every work once, up to `workers` at a time; ready ones start in the order given. When one
/// throws, the others that run are asked to stop, no further one starts, and its exception leaves
/// this call. An unknown name or a cycle is Fault::internal.
void run_all(std::vector<Work> works, unsigned workers);

}  // namespace ingot::run
