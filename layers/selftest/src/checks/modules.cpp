// SPDX-License-Identifier: Apache-2.0
// kmod.*: the driver's modules as files: there, for this kernel, of one version, signed.
#include <algorithm>

#include "broken.hpp"
#include "checks/checks.hpp"
#include "kernel_module.hpp"
#include "package_status.hpp"
#include "signature.hpp"

namespace ingot::selftest {

std::string modules_folder(const Node& node) { return "/usr/lib/modules/" + node.kernel; }

std::vector<ModuleFile> driver_modules(const Node& node) {
  const std::string folder = modules_folder(node);
  const auto index = parse_modules_dep(require_text(node.roots.at(folder + "/modules.dep")));
  std::vector<ModuleFile> files;
  for (const std::string& wanted : node.image->driver->modules) {
    const auto found = index.find(module_name(wanted));
    if (found == index.end()) continue;
    files.push_back({.name = found->first, .path = folder + "/" + found->second.path});
  }
  return files;
}

namespace {

// Runs `judge` on each module's bytes; what it throws becomes a fault of that module.
template <class Judge>
void each_module(const Node& node, Findings& findings, Judge&& judge) {
  const auto files = driver_modules(node);
  if (files.size() != node.image->driver->modules.size()) {
    findings.add("not all driver modules are there (see kmod.present)");
  }
  for (const ModuleFile& file : files) {
    try {
      const Mapping mapping(node.roots.at(file.path));
      judge(file, mapping.bytes());
    } catch (const Broken& error) {
      findings.add(file.name + ": " + error.what());
    }
  }
}

std::string field(const ModuleInfo& info, const std::string& key) {
  const auto found = info.find(key);
  return found == info.end() ? std::string() : found->second;
}

std::string or_none(const std::string& text) { return text.empty() ? "missing" : text; }

}  // namespace

Result kmod_present(const Node& node) {
  const std::string folder = modules_folder(node);
  const auto index = parse_modules_dep(require_text(node.roots.at(folder + "/modules.dep")));
  Findings findings;
  std::string names;
  for (const std::string& wanted : node.image->driver->modules) {
    const auto found = index.find(module_name(wanted));
    names += (names.empty() ? "" : " ") + wanted;
    if (found == index.end()) {
      findings.add(wanted + " is not in modules.dep");
      continue;
    }
    if (!node.roots.exists(folder + "/" + found->second.path)) {
      findings.add(wanted + " is in modules.dep, but " + found->second.path + " is missing");
    }
    for (const std::string& dependency : found->second.dependencies) {
      if (!node.roots.exists(folder + "/" + dependency)) {
        findings.add(wanted + " depends on " + dependency + ", which is missing");
      }
    }
  }
  return std::move(findings).result(names);
}

Result kmod_vermagic(const Node& node) {
  Findings findings;
  each_module(node, findings, [&](const ModuleFile& file, Octets bytes) {
    const auto words = words_of(field(module_info(bytes), "vermagic"));
    const std::string release = words.empty() ? "no kernel" : words.front();
    if (release != node.kernel) {
      findings.add(file.name + " was built for " + release + ", not for " + node.kernel);
    }
  });
  return std::move(findings).result("all built for " + node.kernel);
}

namespace {

// The driver parts whose version must be the modules', to the last digit.
bool follows_driver(std::string_view package) {
  for (const std::string_view exact :
       {"nvidia-smi", "libcuda1", "libnvidia-ml1", "libnvidia-cfg1", "libnvidia-ptxjitcompiler1",
        "nvidia-persistenced", "firmware-nvidia-gsp", "nvidia-imex"}) {
    if (package == exact) return true;
  }
  return package.starts_with("nvidia-fabricmanager") || package.starts_with("libnvidia-nscq");
}

void judge_package_versions(const Node& node, Findings& findings) {
  const auto packages = parse_package_status(require_text(node.roots.at("/var/lib/dpkg/status")));
  for (const auto& [name, package] : packages) {
    if (!follows_driver(name) || package.state != "installed") continue;
    const Driver& driver = *node.image->driver;
    const std::string& wanted =
        name == "nvidia-persistenced" ? driver.persistenced : driver.version;
    if (upstream_version(package.version) != wanted) {
      findings.add("package " + name + " is " + package.version);
    }
  }
}

}  // namespace

Result kmod_version(const Node& node) {
  const Driver& driver = *node.image->driver;
  Findings findings;
  findings.value("version", driver.version);
  each_module(node, findings, [&](const ModuleFile& file, Octets bytes) {
    const std::string version = field(module_info(bytes), "version");
    if (version != driver.version) {
      findings.add(file.name + " has version " + or_none(version));
    }
  });
  if (!driver.firmware.empty() && !driver.firmware.ends_with("/" + driver.version)) {
    findings.add("firmware is at " + driver.firmware);
  }
  judge_package_versions(node, findings);
  if (!findings.empty()) findings.add("the image's driver is " + driver.version);
  return std::move(findings).result(driver.version + " in modules, firmware and packages");
}

Result kmod_flavour(const Node& node) {
  const std::string& flavour = node.image->driver->flavour;
  Findings findings;
  each_module(node, findings, [&](const ModuleFile& file, Octets bytes) {
    // The other modules have a free license in both flavours.
    if (file.name != "nvidia" && file.name != "nvidia_modeset") return;
    const std::string license = field(module_info(bytes), "license");
    const std::string found = license == "Dual MIT/GPL" ? "open"
                              : license == "NVIDIA"     ? "proprietary"
                                                        : "of unknown flavour";
    if (found != flavour) {
      findings.add(file.name + " is " + found + " (license " + or_none(license) +
                   "), the image's driver is " + flavour);
    }
  });
  return std::move(findings).result(flavour);
}

std::string enforcement(const Node& node) {
  const auto parameter = first_line(node.roots.at("/sys/module/module/parameters/sig_enforce"));
  if (parameter && parameter->starts_with("Y")) return "module.sig_enforce";
  const auto line = first_line(node.roots.at("/proc/cmdline"));
  const auto words = words_of(line.value_or(""));
  for (const std::string_view word : {"module.sig_enforce", "module.sig_enforce=1",
                                      "module.sig_enforce=y", "module.sig_enforce=Y"}) {
    if (std::find(words.begin(), words.end(), word) != words.end()) return "module.sig_enforce";
  }
  const auto lockdown = first_line(node.roots.at("/sys/kernel/security/lockdown"));
  if (lockdown && (lockdown->find("[integrity]") != std::string::npos ||
                   lockdown->find("[confidentiality]") != std::string::npos)) {
    return "lockdown";
  }
  return {};
}

namespace {

// A key of an asymmetric type whose description ends in the certificate's key id. The kernel drops
// a leading zero octet of a serial number.
bool in_keyring(const std::string& keys, const Certificate& certificate) {
  std::string id = certificate.key_id();
  while (id.size() > 2 && id.starts_with("00")) id.erase(0, 2);
  for (const std::string& line : lines_of(keys)) {
    if (line.find("asymmetri") != std::string::npos && line.find(id) != std::string::npos) {
      return true;
    }
  }
  return false;
}

void judge_keyring(const Node& node, const Certificate& certificate, Findings& findings) {
  const auto keys = read_text(node.roots.at("/proc/keys"));
  if (!keys) {
    findings.value("keyring", "not readable");
  } else if (in_keyring(*keys, certificate)) {
    findings.value("keyring", "holds the certificate");
  } else {
    findings.add("no kernel keyring holds '" + certificate.common_name() +
                 "': enrol the certificate in the firmware's db, or as a machine owner key");
  }
}

}  // namespace

Result kmod_signature(const Node& node) {
  const std::string der = require_text(node.roots.at(certificate_path), 65536);
  const Certificate certificate(octets_of(der));
  const std::string enforced_by = enforcement(node);
  Findings findings;
  findings.value("enforced_by", enforced_by.empty() ? "nothing" : enforced_by);
  findings.value("signer", certificate.common_name());
  each_module(node, findings, [&](const ModuleFile& file, Octets bytes) {
    const auto parts = signed_module(bytes);
    if (!parts) {
      findings.add(file.name + " is not signed");
      return;
    }
    const auto verdict = verify_cms(parts->signature, parts->content, certificate);
    if (!verdict.valid) findings.add(file.name + ": " + verdict.error);
  });
  if (!enforced_by.empty() && !node.building) judge_keyring(node, certificate, findings);
  Result result = std::move(findings).result("all signed by '" + certificate.common_name() + "'");
  // At build nothing is enforced yet, but no image may leave with a module it did not sign.
  if (result.outcome == Outcome::fail && enforced_by.empty() && !node.building) {
    result.severity = Severity::warning;
  }
  return result;
}

}  // namespace ingot::selftest
