// SPDX-License-Identifier: Apache-2.0
// What every verb is given, and the table's row for a verb.
#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>

#include "os/environment.hpp"
#include "report/report.hpp"

namespace CLI {
class App;
}

namespace ingot::cli {

struct Context {
  const os::Environment& environment;
  std::ostream& out;  ///< results
  std::ostream& err;  ///< progress and messages
  Report& report;
  std::filesystem::path project;  ///< folder that holds images/, layers/ and kernels/ (-C, or cwd)
};

/// Registers a verb's options on `app` and returns what to run when it was chosen; the options
/// live as long as the returned function. The result is the exit code.
using AddVerb = std::function<int(const Context&)> (*)(CLI::App& app);

// One function per verb, each in the file of its name; the table is in cli.cpp.
std::function<int(const Context&)> add_build(CLI::App& app);
std::function<int(const Context&)> add_cache(CLI::App& app);
std::function<int(const Context&)> add_cat(CLI::App& app);
std::function<int(const Context&)> add_check(CLI::App& app);
std::function<int(const Context&)> add_diff(CLI::App& app);
std::function<int(const Context&)> add_doctor(CLI::App& app);
std::function<int(const Context&)> add_fetch(CLI::App& app);
std::function<int(const Context&)> add_inspect(CLI::App& app);
std::function<int(const Context&)> add_keygen(CLI::App& app);
std::function<int(const Context&)> add_lock(CLI::App& app);
std::function<int(const Context&)> add_ls(CLI::App& app);
std::function<int(const Context&)> add_matrix(CLI::App& app);
std::function<int(const Context&)> add_plan(CLI::App& app);
std::function<int(const Context&)> add_test(CLI::App& app);
std::function<int(const Context&)> add_timings(CLI::App& app);
std::function<int(const Context&)> add_verify(CLI::App& app);

}  // namespace ingot::cli
