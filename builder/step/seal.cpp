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

// A sealed image holds none of these; each is `find` conditions and what it would mean.
struct Forbidden {
  std::vector<std::string> find;
  std::string_view what;
};
const std::vector<Forbidden> forbidden = {
    {{"/usr/bin", "-regex", ".*/\\(\\(x86_64-linux-gnu-\\)?\\(gcc\\|g\\+\\+\\|cpp\\|ld\\|as\\)\\(-[0-9]+\\)?\\|cc\\|make\\)"},
     "a compiler or linker"},
    {{"/usr/lib/gcc", "-name", "cc1*"}, "a compiler"},
    {{"/usr/src", "-mindepth", "1", "-maxdepth", "1"}, "kernel headers or driver source"},
    {{"/var/lib/dkms", "/usr/sbin/dkms", "/usr/src/dkms"}, "DKMS"},
    {{"/etc/ssh", "-name", "ssh_host_*"}, "host keys"},
    {{"/var/lib/apt/lists", "-type", "f"}, "package lists"},
    {{"/etc/machine-id", "-size", "+0"}, "a machine id"},
    {{"/var/lib/systemd", "-name", "random-seed"}, "a random seed"},
    {{"/etc", "/root", "/home", "/usr/lib/ingot", "/var/lib", "-xdev", "-type", "f", "(", "-name",
      "*.key", "-o", "-name", "*.priv", "-o", "-name", "id_rsa", "-o", "-name", "id_ed25519", ")"},
     "a private key"},
};

/// Runs find, whatever its exit code: starting points that do not exist make it fail.
os::Outcome find(const Workplace& workplace, const Tree& tree, const std::vector<std::string>& expression) {
  std::vector<std::string> args;
  for (const std::string& word : expression) args.push_back(word);
  os::Command command{.program = "/usr/bin/find",
                      .args = std::move(args),
                      .env = image_environment(workplace),
                      .why = "look through the image root"};
  workplace.log.line("seal", "$ find " + joined(command.args, " "));
  return os::run_in_sandbox(workplace.runner, workplace.environment, tree.root(), command);
}

/// The lines of find that are paths, without its complaints about missing starting points.
std::vector<std::string> found_paths(const os::Outcome& outcome) {
  std::vector<std::string> paths;
  for (const std::string& line : split(outcome.output, '\n'))
    if (line.starts_with("/") && !line.starts_with("/usr/bin/find: ")) paths.push_back(line);
  return paths;
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

  std::string faults;
  for (const Forbidden& rule : forbidden) {
    const auto paths = found_paths(find(workplace, tree, rule.find));
    for (const std::string& path : paths)
      faults += "\n  " + std::string(rule.what) + ": " + path;
  }
  if (!faults.empty())
    throw Error(Fault::verification, "the image root holds what no image may hold:" + faults);
}

}  // namespace ingot::step
