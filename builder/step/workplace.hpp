// SPDX-License-Identifier: Apache-2.0
// What every step is given, and how it runs a command in a root.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"
#include "os/sandbox.hpp"
#include "report/report.hpp"
#include "step/expenses.hpp"
#include "step/log.hpp"
#include "store/store.hpp"

namespace ingot::step {

/// References outlive every step of the build.
struct Workplace {
  const os::Runner& runner;
  const os::Environment& environment;
  const store::Store& store;
  Report& report;
  Log& log;
  std::int64_t epoch = 0;  ///< SOURCE_DATE_EPOCH of everything that is made
  Expenses* expenses = nullptr;  ///< where somebody asks what commands use
};

/// The tree that a step makes on top of others.
struct Tree {
  std::vector<std::filesystem::path> lowers;  ///< lowest first
  store::Stage& stage;                        ///< its folder is the overlay's upper

  os::SandboxRoot root(std::vector<os::Bind> binds = {}) const;
};

/// An empty folder in place of each of these.
std::vector<os::Bind> hiding_binds(const std::vector<std::string>& hidden,
                                   const store::Stage& stage);

/// The environment of commands inside the image root: no questions, no services, fixed clock.
std::map<std::string, std::string> image_environment(const Workplace& workplace);

/// The environment of commands in the build root.
std::map<std::string, std::string> build_environment(const Workplace& workplace);

/// A command on behalf of a step.
struct Job {
  std::string step;
  std::string place = {};  ///< what asked for it: "layers/base/scripts/configure"; may be empty
  os::SandboxRoot root;
  os::Command command;
  os::PathTrace* trace = nullptr;  ///< where somebody asks what the command looks at
};

/// Runs a command in a root, and notes what it used.
os::Outcome run_counted(const Workplace& workplace, const std::string& step,
                        const os::SandboxRoot& root, const os::Command& command,
                        os::PathTrace* trace = nullptr);

/// Runs it; every line goes to the log. Fault::step_failed names step, place, command, the last
/// lines and the log.
os::Outcome run_job(const Workplace& workplace, const Job& job);

}  // namespace ingot::step
