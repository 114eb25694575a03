// SPDX-License-Identifier: Apache-2.0
#include "step/workplace.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::step {
namespace {

/// As compilers, linkers and the kernel's modpost say it.
bool tells_error(std::string_view line) {
  for (const std::string_view word :
       {": error: ", ": fatal error: ", "ERROR: modpost: ", ": undefined reference to "})
    if (line.find(word) != std::string_view::npos) return true;
  return false;
}

}  // namespace

os::SandboxRoot Tree::root(std::vector<os::Bind> binds) const {
  return {
      .lowers = lowers, .upper = stage.folder(), .work = stage.work(), .binds = std::move(binds)};
}

std::vector<os::Bind> hiding_binds(const std::vector<std::string>& hidden,
                                   const store::Stage& stage) {
  const std::filesystem::path nothing = stage.scratch() / "nothing";
  std::filesystem::create_directories(nothing);
  std::vector<os::Bind> binds;
  for (const std::string& folder : hidden) binds.push_back({nothing, "/" + folder});
  return binds;
}

std::map<std::string, std::string> build_environment(const Workplace& workplace) {
  return {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
          {"LC_ALL", "C.UTF-8"},
          {"TZ", "UTC"},
          {"HOME", "/root"},
          {"TMPDIR", "/tmp"},
          {"TERM", "dumb"},
          {"SOURCE_DATE_EPOCH", std::to_string(workplace.epoch)}};
}

std::map<std::string, std::string> image_environment(const Workplace& workplace) {
  auto environment = build_environment(workplace);
  environment.insert({{"DEBIAN_FRONTEND", "noninteractive"},
                      {"DEBCONF_NONINTERACTIVE_SEEN", "true"},
                      {"DEBCONF_NOWARNINGS", "yes"},
                      // Kernel hooks leave the initramfs to the step that makes it once.
                      {"INITRD", "No"},
                      {"SYSTEMD_OFFLINE", "1"},
                      {"SYSTEMD_LOG_COLOR", "0"}});
  return environment;
}

os::Outcome run_counted(const Workplace& workplace, const std::string& step,
                        const os::SandboxRoot& root, const os::Command& command,
                        os::PathTrace* trace) {
  os::Outcome outcome =
      os::run_in_sandbox(workplace.runner, workplace.environment, root, command, trace);
  if (workplace.expenses != nullptr) workplace.expenses->add(step, outcome.usage);
  return outcome;
}

os::Outcome run_job(const Workplace& workplace, const Job& job) {
  os::Command command = job.command;
  std::string first_error;
  bool full = false;
  command.on_line = [&](std::string_view line) {
    if (first_error.empty() && tells_error(line)) first_error = line;
    full = full || line.find(no_space_left) != std::string_view::npos;
    workplace.log.line(job.step, line);
  };
  workplace.log.line(job.step,
                     "$ " + command.program + " " + joined(command.args, " ").substr(0, 2000));
  os::Outcome outcome = run_counted(workplace, job.step, job.root, command, job.trace);
  if (outcome.ok()) return outcome;

  std::string message = format("step {} failed", job.step);
  if (!job.place.empty()) message += "\n  asked by: " + job.place;
  if (!command.why.empty() && command.why != command.program)
    message += "\n  to:       " + command.why;
  message +=
      format("\n  command:  {} {}", command.program, joined(command.args, " ").substr(0, 400));
  message += outcome.timed_out ? "\n  it ran into its time limit"
                               : format("\n  exit code: {}", outcome.exit_code);
  // Compilers go on after it, and what they say last is seldom the reason.
  if (!first_error.empty()) message += "\n  first error: " + first_error.substr(0, 1000);
  if (!outcome.tail.empty()) {
    message += "\n  last lines:";
    for (const std::string& line : outcome.tail) message += "\n    " + line;
  }
  message += "\n  whole log: " + workplace.log.path().string();
  throw Error(full ? Fault::io : Fault::step_failed, message);
}

}  // namespace ingot::step
