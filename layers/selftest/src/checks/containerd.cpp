// SPDX-License-Identifier: Apache-2.0
// crt.*: containerd's configuration, its socket, and the cgroups that kubelet shares with it.
#include "broken.hpp"
#include "checks/checks.hpp"
#include "command.hpp"
#include "containerd_config.hpp"
#include "cri.hpp"
#include "file.hpp"

namespace ingot::selftest {

namespace {

constexpr const char* program = "/usr/bin/containerd";
constexpr const char* config_file = "/etc/containerd/config.toml";

// On a node: what containerd itself makes of its file and imports. In a tree: the file.
Toml effective_config(const Node& node) {
  if (!node.live()) {
    try {
      return parse_toml(require_text(node.roots.at(config_file)));
    } catch (const Broken& error) {
      throw Broken(std::string(config_file) + ": " + error.what());
    }
  }
  if (!node.roots.executable(program)) throw Broken(std::string(program) + " is missing");
  const Answer answer = run_command({program, "config", "dump"}, std::chrono::seconds(25));
  if (!answer.good()) throw Broken("containerd config dump " + answer.why());
  return parse_toml(answer.output);
}

}  // namespace

Result crt_config(const Node& node) {
  const ContainerdWishes wishes{.version = *node.image->containerd_version,
                                .nvidia_runtime = node.image->toolkit};
  return judge_containerd(effective_config(node), wishes, node.roots);
}

Result crt_up(const Node& node) {
  CriConnection runtime(node.roots.at("/run/containerd/containerd.sock"), std::chrono::seconds(20));
  const RuntimeVersion version = runtime.version();
  Findings findings;
  findings.value("runtime", version.name);
  findings.value("version", version.version);
  findings.value("api", version.api_version);
  for (const std::string& condition : runtime.unmet_conditions()) {
    // Without kubelet there is no pod network yet.
    if (condition.starts_with("RuntimeReady")) findings.add(condition);
  }
  return std::move(findings).result(version.name + " " + version.version + ", CRI " +
                                    version.api_version);
}

namespace {

// The value of a top-level `key: value` of a YAML file that kubeadm or an administrator wrote.
std::optional<std::string> yaml_value(const std::string& text, std::string_view key) {
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with(key) || !line.substr(key.size()).starts_with(":")) continue;
    std::string_view value = trimmed(std::string_view(line).substr(key.size() + 1));
    value = trimmed(value.substr(0, value.find(" #")));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
      value = value.substr(1, value.size() - 2);
    }
    return std::string(value);
  }
  return std::nullopt;
}

}  // namespace

Result crt_cgroup(const Node& node) {
  Findings findings;
  if (!node.roots.exists("/sys/fs/cgroup/cgroup.controllers")) {
    findings.add("/sys/fs/cgroup is not cgroup version 2");
  }
  const auto kubelet = read_text(node.roots.at("/var/lib/kubelet/config.yaml"));
  if (kubelet) {
    const std::string driver = yaml_value(*kubelet, "cgroupDriver").value_or("cgroupfs");
    findings.value("kubelet", driver);
    const auto text = read_text(node.roots.at(config_file));
    const Toml config = parse_toml(text.value_or(""));
    const bool* systemd = systemd_cgroup(config);
    if (systemd != nullptr && *systemd != (driver == "systemd")) {
      findings.add("kubelet's cgroupDriver is " + driver + ", containerd's SystemdCgroup is " +
                   (*systemd ? "true" : "false"));
    }
  }
  return std::move(findings).result("version 2" +
                                    std::string(kubelet ? ", kubelet and containerd agree" : ""));
}

}  // namespace ingot::selftest
