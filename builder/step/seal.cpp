// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/words.hpp"
#include "step/finish.hpp"

namespace ingot::step {
namespace {

// One `find` expression each: folders to empty, and files to remove wherever they are.
const std::vector<std::vector<std::string>> removals = {
    {"/var/lib/apt/lists", "/var/cache/apt", "/var/cache/debconf", "/var/log", "/var/tmp",
     "/var/cache/ldconfig", "/var/lib/systemd/coredump", "-mindepth", "1", "(", "-type", "f", "-o", "-type", "l", ")", "-delete"},
    {"/etc/ssh", "-name", "ssh_host_*", "-delete"},
    {"/var/lib/dpkg", "-maxdepth", "1", "-name", "*-old", "-delete"},
    {"/etc", "-maxdepth", "1", "(", "-name", "*-", "-o", "-name", ".pwd.lock", "-o", "-name",
     "hostname", "-o", "-name", "resolv.conf", ")", "-type", "f", "-delete"},
    {"/etc", "/usr", "/var/lib", "-xdev", "(", "-name", "*.dpkg-new", "-o", "-name", "*.dpkg-old",
     "-o", "-name", "*.dpkg-dist", "-o", "-name", "*.dpkg-tmp", "-o", "-name", "*.ucf-old", "-o",
     "-name", "*.ucf-dist", "-o", "-name", "__pycache__", ")", "-delete"},
    {"/var/lib/systemd", "-name", "random-seed", "-delete"},
    {"/var/lib/dbus", "-name", "machine-id", "-delete"},
    {"/var/lib/update-rc.d", "-delete"},
};

/// Runs find, whatever its exit code: starting points that do not exist make it fail.
os::Outcome find(const Workplace& workplace, const Tree& tree, const std::vector<std::string>& expression) {
  std::vector<std::string> args;
  for (const std::string& word : expression) args.push_back(word);
  os::Command command{.program = "/usr/bin/find",
                      .args = std::move(args),
                      .env = image_environment(workplace),
                      .why = "remove what the build left"};
  workplace.log.line("seal", "$ find " + joined(command.args, " "));
  return run_counted(workplace, "seal", tree.root(), command);
}

void empty_machine_id(const Workplace& workplace, const Tree& tree) {
  // An empty file, not a missing one: systemd then makes an id at boot and keeps it where it can.
  run_job(workplace, {.step = "seal",
                      .root = tree.root(),
                      .command = {.program = "/usr/bin/cp",
                                  .args = {"--no-preserve=all", "/dev/null", "/etc/machine-id"},
                                  .env = image_environment(workplace)}});
}

}  // namespace

void seal_image(const Workplace& workplace, const Tree& tree) {
  for (const auto& expression : removals) {
    const os::Outcome outcome = find(workplace, tree, expression);
    for (const std::string& line : split(outcome.output, '\n')) {
      if (line.empty()) continue;
      workplace.log.line("seal", line);
      if (line.find("No such file or directory") == std::string::npos)
        throw Error(Fault::step_failed, "sealing the image: " + line);
    }
  }
  empty_machine_id(workplace, tree);
}

}  // namespace ingot::step
