// SPDX-License-Identifier: Apache-2.0
#include "containerd_config.hpp"

#include <algorithm>

namespace ingot::selftest {

namespace {

// Version 2 keeps the CRI in one plugin; from version 3 on its runtime half is a plugin of its own.
const Toml* cri_of(const Toml& config) {
  const Toml* cri = config.find({"plugins", "io.containerd.cri.v1.runtime"});
  return cri != nullptr ? cri : config.find({"plugins", "io.containerd.grpc.v1.cri"});
}

void judge_version(const Toml& config, const std::string& containerd, Findings& findings) {
  const Toml* entry = config.find({"version"});
  const std::int64_t* version = entry == nullptr ? nullptr : entry->number();
  if (version == nullptr) {
    findings.add("the configuration states no version");
    return;
  }
  findings.value("version", std::to_string(*version));
  const bool first = containerd.starts_with("1.");
  if (first ? *version != 2 : (*version != 3 && *version != 4)) {
    findings.add("configuration version is " + std::to_string(*version) + ", but containerd " +
                 containerd + (first ? " wants 2" : " wants 3 or 4"));
  }
}

void judge_disabled(const Toml& config, Findings& findings) {
  const Toml* entry = config.find({"disabled_plugins"});
  const TomlList* disabled = entry == nullptr ? nullptr : entry->list();
  if (disabled == nullptr) return;
  for (const Toml& plugin : *disabled) {
    if (plugin.text() != nullptr && plugin.text()->find("cri") != std::string::npos) {
      findings.add("plugin " + *plugin.text() + " is disabled");
    }
  }
}

void judge_runtime(const std::string& name, const Toml& runtime, const Roots& roots,
                   Findings& findings) {
  const Toml* type = runtime.find({"runtime_type"});
  if (type == nullptr || type->text() == nullptr || type->text()->empty()) {
    findings.add("runtime " + name + " has no runtime_type");
  } else if (*type->text() == "io.containerd.runc.v2") {
    const Toml* systemd = runtime.find({"options", "SystemdCgroup"});
    if (systemd == nullptr || systemd->flag() == nullptr || !*systemd->flag()) {
      findings.add("runtime " + name + " has no options.SystemdCgroup = true");
    }
  }
  const Toml* binary = runtime.find({"options", "BinaryName"});
  if (binary == nullptr || binary->text() == nullptr || binary->text()->empty()) return;
  const std::string& path = *binary->text();
  const bool found = path.starts_with('/') ? roots.executable(path)
                                           : roots.executable("/usr/bin/" + path) ||
                                                 roots.executable("/usr/sbin/" + path) ||
                                                 roots.executable("/usr/local/bin/" + path);
  if (!found) findings.add("runtime " + name + " names " + path + ", which is no program here");
}

void judge_runtimes(const Toml& cri, const ContainerdWishes& wishes, const Roots& roots,
                    Findings& findings) {
  const Toml* entry = cri.find({"containerd", "runtimes"});
  const TomlTable* runtimes = entry == nullptr ? nullptr : entry->table();
  if (runtimes == nullptr || !runtimes->contains("runc")) {
    findings.add("runtime runc is missing");
  }
  if (wishes.nvidia_runtime && (runtimes == nullptr || !runtimes->contains("nvidia"))) {
    findings.add("runtime nvidia is missing, although the image holds the container toolkit");
  }
  std::string names;
  if (runtimes != nullptr) {
    for (const auto& [name, runtime] : *runtimes) {
      names += (names.empty() ? "" : " ") + name;
      judge_runtime(name, runtime, roots, findings);
    }
  }
  findings.value("runtimes", names);
  const Toml* standard = cri.find({"containerd", "default_runtime_name"});
  if (standard == nullptr || standard->text() == nullptr || standard->text()->empty()) {
    findings.add("default_runtime_name is not set");
  } else if (runtimes == nullptr || !runtimes->contains(*standard->text())) {
    findings.add("default_runtime_name is " + *standard->text() + ", which is no runtime");
  }
}

void judge_cdi(const Toml& cri, Findings& findings) {
  const Toml* enabled = cri.find({"enable_cdi"});
  if (enabled == nullptr || enabled->flag() == nullptr || !*enabled->flag()) {
    findings.add("enable_cdi is not true");
  }
  const Toml* entry = cri.find({"cdi_spec_dirs"});
  const TomlList* folders = entry == nullptr ? nullptr : entry->list();
  const auto lists = [&](std::string_view folder) {
    return folders != nullptr &&
           std::any_of(folders->begin(), folders->end(), [&](const Toml& value) {
             return value.text() != nullptr && *value.text() == folder;
           });
  };
  if (!lists("/etc/cdi")) findings.add("cdi_spec_dirs lacks /etc/cdi");
  if (!lists("/var/run/cdi") && !lists("/run/cdi")) {
    findings.add("cdi_spec_dirs lacks /var/run/cdi");
  }
}

}  // namespace

Result judge_containerd(const Toml& config, const ContainerdWishes& wishes, const Roots& roots) {
  Findings findings;
  judge_version(config, wishes.version, findings);
  judge_disabled(config, findings);
  const Toml* cri = cri_of(config);
  if (cri == nullptr) {
    findings.add("the CRI plugin has no section");
  } else {
    judge_runtimes(*cri, wishes, roots, findings);
    // 1.6 knows no CDI; a runtime wrapper hands out devices there.
    if (!wishes.version.starts_with("1.6.")) judge_cdi(*cri, findings);
  }
  return std::move(findings).result("runtimes, cgroup driver and CDI are as kubelet needs them");
}

const bool* systemd_cgroup(const Toml& config) {
  const Toml* cri = cri_of(config);
  if (cri == nullptr) return nullptr;
  const Toml* name = cri->find({"containerd", "default_runtime_name"});
  const std::string_view runtime =
      name != nullptr && name->text() != nullptr ? std::string_view(*name->text()) : "runc";
  const Toml* flag = cri->find({"containerd", "runtimes", runtime, "options", "SystemdCgroup"});
  return flag == nullptr ? nullptr : flag->flag();
}

}  // namespace ingot::selftest
