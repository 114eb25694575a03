// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "agreement/rule.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::agreement {
namespace {

constexpr const char* no_containerd = "the image has no containerd";
constexpr const char* unreadable = "the configuration cannot be read";
constexpr std::string_view runc_type = "io.containerd.runc.v2";

/// The configuration, or nothing after the verdict has been told why.
const ContainerdConfig* config_of(const Subject& subject, Verdict& verdict) {
  if (!subject.containerd) {
    verdict.skip(no_containerd);
    return nullptr;
  }
  if (!subject.containerd->broken.empty()) {
    verdict.skip(unreadable);
    return nullptr;
  }
  return &*subject.containerd;
}

// 1.x reads version 2, 2.0 up to 3, 2.3 up to 4; a node must not be left to migrate it.
bool fits(std::int64_t version, const std::string& containerd) {
  if (containerd.starts_with("1.")) return version == 2;
  return version == 3 || version == 4;
}

bool has_program(const TreeIndex& tree, const std::string& program) {
  if (program.starts_with('/')) return tree.is_program(program.substr(1));
  return tree.is_program("usr/bin/" + program) || tree.is_program("usr/sbin/" + program) ||
         tree.is_program("usr/local/bin/" + program) ||
         tree.is_program("usr/local/sbin/" + program);
}

void effective_config(const Subject& subject, Verdict& verdict) {
  if (!subject.containerd) return verdict.skip(no_containerd);
  const ContainerdConfig& config = *subject.containerd;
  if (!config.broken.empty())
    return verdict.fault(config.file, config.broken, "a configuration that containerd can read");
  const std::string containerd = subject.facts.version_of("containerd");
  if (!fits(config.version, containerd))
    verdict.fault(config.file, format("version = {}", config.version),
                  "the version that containerd " + containerd + " writes itself");
  for (const std::string& plugin : config.disabled_plugins)
    if (plugin.find("cri") != std::string::npos)
      verdict.fault(config.file, plugin + " is disabled", "kubelet needs it");
  const ContainerdRuntime* runc = config.runtime("runc");
  if (runc == nullptr) verdict.fault(config.file, "no runtime runc", "runc kept beside others");
  if (runc != nullptr && runc->type != runc_type)
    verdict.fault(config.file, "runtime runc is of type " + runc->type, std::string(runc_type));
  if (config.runtime(config.default_runtime) == nullptr)
    verdict.fault(config.file, "default_runtime_name is '" + config.default_runtime + "'",
                  "one of the runtimes");
  for (const ContainerdRuntime& runtime : config.runtimes)
    if (!runtime.program.empty() && !has_program(subject.tree, runtime.program))
      verdict.fault(config.file, "runtime " + runtime.name + " names " + runtime.program,
                    "a program in the tree");
  verdict.saw(config.file,
              format("version {}, {} runtimes", config.version, config.runtimes.size()));
}

void imports(const Subject& subject, Verdict& verdict) {
  constexpr const char* expected = "/etc/containerd/conf.d/*.toml";
  const ContainerdConfig* config = config_of(subject, verdict);
  if (config == nullptr) return;
  if (std::find(config->imports.begin(), config->imports.end(), expected) == config->imports.end())
    verdict.fault(config->file, "imports = [" + joined(config->imports, ", ") + "]", expected);
  for (const auto& problem : config->bad_imports)
    verdict.fault(problem.file, problem.what, "a drop-in that containerd accepts");
  verdict.saw(config->file, "imports " + joined(config->imports, ", "));
}

void cgroup_driver(const Subject& subject, Verdict& verdict) {
  const ContainerdConfig* config = config_of(subject, verdict);
  if (config == nullptr) return;
  for (const ContainerdRuntime& runtime : config->runtimes) {
    if (runtime.type != runc_type) continue;
    if (runtime.systemd_cgroup)
      verdict.saw(config->file, "runtime " + runtime.name + " has SystemdCgroup = true");
    else
      verdict.fault(config->file, "runtime " + runtime.name + " has no SystemdCgroup = true",
                    "the systemd cgroup driver, in every runtime");
  }
}

void cdi(const Subject& subject, Verdict& verdict) {
  const ContainerdConfig* config = config_of(subject, verdict);
  if (config == nullptr) return;
  if (subject.facts.version_of("containerd").starts_with("1.6."))
    return verdict.skip("containerd 1.6 knows no CDI");
  if (!config->enable_cdi)
    verdict.fault(config->file, "enable_cdi is not true", "true, for the device plugin");
  const auto lists = [&](std::string_view folder) {
    return std::find(config->cdi_folders.begin(), config->cdi_folders.end(), folder) !=
           config->cdi_folders.end();
  };
  if (!lists("/etc/cdi") || !(lists("/var/run/cdi") || lists("/run/cdi")))
    verdict.fault(config->file, "cdi_spec_dirs are " + joined(config->cdi_folders, ", "),
                  "/etc/cdi and /var/run/cdi");
  verdict.saw(config->file, "CDI from " + joined(config->cdi_folders, ", "));
}

void toolkit_handler(const Subject& subject, Verdict& verdict) {
  const ContainerdConfig* config = config_of(subject, verdict);
  if (config == nullptr) return;
  if (!is_present(subject.packages, "nvidia-container-toolkit-base"))
    return verdict.skip("the image has no container toolkit");
  const ContainerdRuntime* nvidia = config->runtime("nvidia");
  if (nvidia == nullptr)
    return verdict.fault(config->file, "no runtime nvidia", "one, for the operator's pods");
  if (nvidia->program != "/usr/bin/nvidia-container-runtime")
    verdict.fault(config->file, "runtime nvidia runs '" + nvidia->program + "'",
                  "/usr/bin/nvidia-container-runtime");
  verdict.saw(config->file, "runtime nvidia runs " + nvidia->program);
}

void runc_there(const Subject& subject, Verdict& verdict) {
  if (!subject.containerd) return verdict.skip(no_containerd);
  for (const char* program : {"containerd", "containerd-shim-runc-v2", "runc"}) {
    if (has_program(subject.tree, program))
      verdict.saw("", program);
    else
      verdict.fault("usr/bin", std::string("no program ") + program, "one that is executable");
  }
}

void unit_enabled(const Subject& subject, Verdict& verdict) {
  if (!subject.containerd) return verdict.skip(no_containerd);
  if (subject.units.enabled("containerd.service"))
    verdict.saw("etc/systemd/system", "containerd.service is enabled");
  else
    verdict.fault("etc/systemd/system",
                  subject.units.masked("containerd.service") ? "containerd.service is masked"
                                                             : "nothing starts containerd.service",
                  "an enabled unit");
}

constexpr std::array rules = {
    Rule{"crt.config", "containerd's effective configuration is whole",
         "a drop-in that erased the runtimes (containerd/containerd#5837)",
         "write one complete /etc/containerd/config.toml, as the layer containerd does",
         effective_config},
    Rule{"crt.imports", "containerd takes drop-ins from /etc/containerd/conf.d",
         "the toolkit writes there, and containerd 2.3 refuses other versions "
         "(nvidia-container-toolkit#1404, NVIDIA/aicr#1688)",
         "keep the imports line, and give every drop-in the version of the file that imports it",
         imports},
    Rule{"crt.cgroup", "every runtime uses the systemd cgroup driver",
         "one without it misleads kubelet's detection (containerd, docs/cri/config.md)",
         "set SystemdCgroup = true in the options of each runtime", cgroup_driver},
    Rule{"crt.cdi", "containerd takes CDI devices from both standard folders",
         "the device plugin asks for devices by CDI (k8s-device-plugin, device list strategy "
         "cdi-cri)",
         "set enable_cdi = true and cdi_spec_dirs = [\"/etc/cdi\", \"/var/run/cdi\"]", cdi},
    Rule{"crt.handler", "an image with the container toolkit has the runtime nvidia",
         "\"no runtime for nvidia is configured\" (NVIDIA/gpu-operator#432)",
         "configure it for containerd with nvidia-ctk after the packages are installed",
         toolkit_handler},
    Rule{"crt.unit", "containerd starts at boot", "kubelet needs it",
         "enable containerd.service in a layer's units", unit_enabled},
    Rule{"ctk.lowlevel", "containerd, its shim and runc are programs of the tree",
         "handlers end in runc (nvidia-container-toolkit, config.toml)",
         "install the packages containerd and runc", runc_there},
};

}  // namespace

std::span<const Rule> containerd_rules() { return rules; }

}  // namespace ingot::agreement
