// SPDX-License-Identifier: Apache-2.0
// os.*, img.* and kern.*: the node runs the image that was built, and nothing will change it.
#include "image.hpp"

#include <algorithm>

#include "broken.hpp"
#include "checks/checks.hpp"
#include "file.hpp"
#include "package_status.hpp"
#include "signature.hpp"

namespace ingot::selftest {

Result os_release(const Node& node) {
  const auto file = node.roots.resolve("/etc/os-release");
  if (!file) return fail("/etc/os-release is missing");
  const auto values = parse_assignments(require_text(node.roots.at(*file)));
  Findings findings;
  const auto compare = [&](const char* key, const std::string& wanted) {
    const auto found = values.find(key);
    if (found == values.end() || found->second.empty()) {
      findings.add(std::string("os-release has no ") + key);
    } else if (!wanted.empty() && found->second != wanted) {
      findings.add(std::string(key) + " is " + found->second + "; the image was built as " +
                   wanted);
    } else {
      findings.value(key, found->second);
    }
  };
  compare("ID", node.image ? node.image->os_id : "");
  compare("VERSION_ID", node.image ? node.image->os_version_id : "");
  return std::move(findings).result("ID and VERSION_ID are as built");
}

Result img_manifest(const Node& node) {
  if (!node.image) return fail(node.image_fault);
  const std::string manifest = require_text(node.manifest);
  const std::string signature = require_text(node.manifest.string() + ".sig", 65536);
  const std::string der = require_text(node.roots.at(certificate_path), 65536);
  const Certificate certificate(octets_of(der));
  Findings findings;
  if (certificate.sha256() != node.image->signer_sha256) {
    findings.add("the certificate's SHA-256 is " + certificate.sha256() +
                 ", but the manifest names " + node.image->signer_sha256);
  }
  if (certificate.common_name() != node.image->signer_subject) {
    findings.add("the certificate is of '" + certificate.common_name() +
                 "', but the manifest names '" + node.image->signer_subject + "'");
  }
  if (!verify_rsa(octets_of(signature), octets_of(manifest), certificate)) {
    findings.add(
        "the manifest's signature does not hold: the manifest was changed, or signed "
        "with another key");
  }
  findings.value("signer", certificate.common_name());
  return std::move(findings).result("signed by '" + certificate.common_name() + "'");
}

namespace {

// Manifests may name a foreign-architecture package as name:architecture; dpkg's first entry of a
// name is kept under the plain one.
const InstalledPackage* find_package(const std::map<std::string, InstalledPackage>& installed,
                                     const std::string& name) {
  auto found = installed.find(name);
  if (found != installed.end()) return &found->second;
  const auto colon = name.find(':');
  if (colon == std::string::npos) return nullptr;
  found = installed.find(name.substr(0, colon));
  const bool same =
      found != installed.end() && found->second.architecture == name.substr(colon + 1);
  return same ? &found->second : nullptr;
}

}  // namespace

Result img_packages(const Node& node) {
  const auto installed = parse_package_status(require_text(node.roots.at("/var/lib/dpkg/status")));
  Findings findings;
  std::size_t held = 0;
  for (const Package& wanted : node.image->packages) {
    const InstalledPackage* package = find_package(installed, wanted.name);
    if (package == nullptr || package->state != "installed") {
      findings.add(wanted.name + " is not installed" +
                   (package == nullptr ? "" : " but " + package->state));
      continue;
    }
    if (package->version != wanted.version) {
      findings.add(wanted.name + " is " + package->version + ", built with " + wanted.version);
    }
    if (wanted.hold && package->want != "hold") findings.add(wanted.name + " is not on hold");
    held += wanted.hold ? 1U : 0U;
  }
  const auto count = std::to_string(node.image->packages.size());
  findings.value("packages", count);
  findings.value("on_hold", std::to_string(held));
  return std::move(findings).result(count + " packages at their exact versions, " +
                                    std::to_string(held) + " on hold");
}

Result img_no_upgrade(const Node& node) {
  Findings findings;
  for (const char* unit : {"apt-daily.timer", "apt-daily-upgrade.timer"}) {
    if (unit_file(node, unit) && !unit_masked(node, unit)) {
      findings.add(std::string(unit) + " is not masked");
    }
  }
  const std::string upgrades = "unattended-upgrades.service";
  if (unit_file(node, upgrades) && !unit_masked(node, upgrades) && unit_enabled(node, upgrades)) {
    findings.add(upgrades + " is enabled");
  }
  return std::move(findings).result("nothing upgrades packages by itself");
}

namespace {

void judge_kernels(const Node& node, Findings& findings) {
  const std::string& wanted = node.image->kernel_release;
  for (const std::string& name : names_in(node.roots.at("/usr/lib/modules"))) {
    if (name != wanted) findings.add("modules of another kernel: /usr/lib/modules/" + name);
  }
  if (!node.roots.exists("/usr/lib/modules/" + wanted)) {
    findings.add("/usr/lib/modules/" + wanted + " is missing");
  }
  constexpr std::string_view prefix = "vmlinuz-";
  for (const std::string& name : names_in(node.roots.at("/boot"))) {
    if (name.starts_with(prefix) && name.substr(prefix.size()) != wanted) {
      findings.add("another kernel can be booted: /boot/" + name);
    }
  }
}

}  // namespace

Result kern_release(const Node& node) {
  Findings findings;
  findings.value("release", node.kernel);
  if (node.kernel != node.image->kernel_release) {
    findings.add("kernel " + node.kernel + " runs; the image was built for " +
                 node.image->kernel_release);
  }
  judge_kernels(node, findings);
  return std::move(findings).result(node.image->kernel_release + ", the only one");
}

Result kern_command_line(const Node& node) {
  const auto words = words_of(require_text(node.roots.at("/proc/cmdline")));
  Findings findings;
  for (const std::string& entry : node.image->kernel_line) {
    for (const std::string& wanted : words_of(entry)) {
      if (std::find(words.begin(), words.end(), wanted) == words.end()) {
        findings.add("'" + wanted + "' is not on the kernel command line");
      }
    }
  }
  return std::move(findings).result("holds what the image asks for");
}

}  // namespace ingot::selftest
