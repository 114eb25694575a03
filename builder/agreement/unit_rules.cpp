// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "agreement/rule.hpp"
#include "base/words.hpp"

namespace ingot::agreement {
namespace {

void wanted_units_exist(const Subject& subject, Verdict& verdict) {
  std::size_t seen = 0;
  for (const EnabledUnit& unit : subject.units.wanted()) {
    ++seen;
    if (!subject.units.masked(unit.name) && !subject.units.exists(unit.name))
      verdict.fault(unit.link, "wants " + unit.name + ", which does not exist", "a unit file");
  }
  verdict.saw("etc/systemd/system", std::to_string(seen) + " wanted units");
}

// The modules that boot asks for by name, as modules-load.d(5) puts them together.
std::vector<std::pair<std::string, std::string>> modules_to_load(const TreeIndex& tree) {
  std::vector<std::pair<std::string, std::string>> found;
  std::set<std::string> seen;
  for (const std::string folder :
       {"etc/modules-load.d", "usr/local/lib/modules-load.d", "usr/lib/modules-load.d"}) {
    for (const std::string& name : tree.names_in(folder)) {
      if (!name.ends_with(".conf") || !seen.insert(name).second) continue;
      const std::string path = folder + "/" + name;
      const std::string text = tree.root().read(path).value_or("");
      for (const std::string& line : split(text, '\n')) {
        const std::string_view word = trimmed(line);
        if (word.empty() || word.front() == '#' || word.front() == ';') continue;
        found.emplace_back(path, module_name(word));
      }
    }
  }
  return found;
}

std::set<std::string> known_modules(const TreeIndex& tree) {
  std::set<std::string> known;
  for (const std::string& folder : module_folders(tree)) {
    for (const std::string& path : tree.paths_below(folder))
      if (is_module_file(name_in(path))) known.insert(module_name(name_in(path)));
    const std::string builtin =
        tree.root().read(folder + "/modules.builtin", 16U << 20).value_or("");
    for (const std::string& line : split(builtin, '\n')) known.insert(module_name(name_in(line)));
  }
  return known;
}

void loaded_modules(const Subject& subject, Verdict& verdict) {
  if (subject.facts.kernel_release.empty()) return verdict.skip("the image has no kernel");
  const auto known = known_modules(subject.tree);
  for (const auto& [file, module] : modules_to_load(subject.tree)) {
    if (module == "nvidia" || module.starts_with("nvidia_"))
      verdict.fault(file, "loads " + module + " on every machine, and fails without a GPU",
                    "a unit that loads it where there is a GPU");
    else if (!known.contains(module))
      verdict.fault(file, "loads " + module + ", which the kernel lacks", "a module of the kernel");
    else
      verdict.saw(file, module);
  }
}

void gate(const Subject& subject, Verdict& verdict) {
  constexpr std::string_view unit = "ingot-selftest.service";
  if (!subject.tree.has("usr/lib/ingot/ingot-selftest"))
    return verdict.skip("the image has no self-test");
  if (!subject.tree.is_program("usr/lib/ingot/ingot-selftest"))
    verdict.fault("usr/lib/ingot/ingot-selftest", "not executable", "a program");
  if (!subject.units.enabled(unit))
    verdict.fault("etc/systemd/system", "nothing starts " + std::string(unit), "an enabled unit");
  if (subject.units.text("kubelet.service").find("gpu-ready.target") == std::string::npos)
    verdict.fault("usr/lib/systemd/system/kubelet.service.d", "kubelet does not wait for it",
                  "a drop-in that requires gpu-ready.target");
  verdict.saw("etc/systemd/system", std::string(unit) + " holds kubelet back");
}

void no_upgrades(const Subject& subject, Verdict& verdict) {
  constexpr std::array<std::string_view, 4> units = {"apt-daily.timer", "apt-daily-upgrade.timer",
                                                     "apt-daily.service",
                                                     "apt-daily-upgrade.service"};
  for (const std::string_view unit : units) {
    if (subject.units.exists(unit) && !subject.units.masked(unit))
      verdict.fault("etc/systemd/system/" + std::string(unit), "not masked", "a link to /dev/null");
    else
      verdict.saw("etc/systemd/system/" + std::string(unit), "masked or absent");
  }
  if (is_present(subject.packages, "unattended-upgrades") &&
      !subject.units.masked("unattended-upgrades.service"))
    verdict.fault("var/lib/dpkg/status", "unattended-upgrades is installed", "not there");
  for (const char* program : {"usr/bin/needrestart", "usr/sbin/needrestart"})
    if (subject.tree.has(program))
      verdict.fault(program, "restarts services by itself", "not there");
}

constexpr std::array rules = {
    Rule{"sd.units", "every unit that boot wants exists",
         "units that fail by design hide those that fail",
         "disable the unit in the layer that removed its file", wanted_units_exist},
    Rule{"sd.modules", "boot loads only modules that exist and that load without a GPU",
         "modules-load.d with nvidia-drm fails on nodes without GPU (measured with Debian 13's "
         "packages)",
         "remove the line; ingot-nvidia-modules.service loads the driver", loaded_modules},
    Rule{"sd.gate", "the self-test runs at boot, and kubelet waits for its verdict",
         "a node joins only after it has passed",
         "keep ingot-selftest.service enabled and kubelet's drop-in in place", gate},
    Rule{"img.noupgrade", "nothing upgrades packages by itself",
         "apt upgraded libraries under a loaded module (NVIDIA/k8s-device-plugin#1431)",
         "mask apt's timers and services in a layer's units, and leave out unattended-upgrades",
         no_upgrades},
};

}  // namespace

std::span<const Rule> unit_rules() { return rules; }

}  // namespace ingot::agreement
