// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "agreement/rule.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::agreement {
namespace {

constexpr const char* no_driver = "the image has no NVIDIA driver";
constexpr const char* no_modules = "the image has no modules but the kernel's own";

/// The driver's modules that can be read.
std::vector<const KernelModule*> driver_modules(const Subject& subject) {
  std::vector<const KernelModule*> found;
  if (!subject.facts.driver) return found;
  for (const std::string& wanted : subject.facts.driver->modules)
    for (const KernelModule& module : subject.modules)
      if (module.broken.empty() && module.name == module_name(wanted)) found.push_back(&module);
  return found;
}

void present(const Subject& subject, Verdict& verdict) {
  for (const KernelModule& module : subject.modules)
    if (!module.broken.empty()) verdict.fault(module.path, module.broken, "a kernel module");
  if (!subject.facts.driver) return verdict.skip(no_driver);
  for (const std::string& wanted : subject.facts.driver->modules) {
    std::vector<std::string> paths;
    for (const std::string& folder : module_folders(subject.tree))
      for (const std::string& path : subject.tree.paths_below(folder))
        if (is_module_file(name_in(path)) && module_name(name_in(path)) == module_name(wanted))
          paths.push_back(path);
    if (paths.empty()) {
      verdict.fault("usr/lib/modules", "no module " + wanted, "one of that name");
    } else if (paths.size() > 1) {
      verdict.fault(paths[1], "a second module " + wanted + " beside /" + paths[0],
                    "one of that name");
    } else {
      verdict.saw(paths[0], wanted);
    }
  }
}

// Which modules modprobe knows: the paths in front of the colons.
std::set<std::string> indexed(const Subject& subject, const std::string& folder) {
  std::set<std::string> paths;
  const std::string text =
      subject.tree.root().read(folder + "/modules.dep", 64U << 20).value_or("");
  for (const std::string& line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) paths.insert(folder + "/" + line.substr(0, colon));
  }
  return paths;
}

void index_agrees(const Subject& subject, Verdict& verdict) {
  if (subject.facts.kernel_release.empty()) return verdict.skip("the image has no kernel");
  for (const std::string& folder : module_folders(subject.tree)) {
    const std::string file = folder + "/modules.dep";
    for (const std::string& needed : {file, file + ".bin"})
      if (!subject.tree.has(needed)) verdict.fault(needed, "not there", "depmod's index");
    const auto paths = indexed(subject, folder);
    for (const std::string& path : paths)
      if (!subject.tree.has(path)) verdict.fault(file, "lists /" + path, "only files that exist");
    for (const KernelModule& module : subject.modules)
      if (module.path.starts_with(folder + "/") && !paths.contains(module.path))
        verdict.fault(file, "does not list /" + module.path, "every module");
    verdict.saw(file, format("{} modules", paths.size()));
  }
}

void vermagic(const Subject& subject, Verdict& verdict) {
  if (subject.modules.empty()) return verdict.skip(no_modules);
  for (const KernelModule& module : subject.modules) {
    if (!module.broken.empty()) continue;
    const std::string magic = module.field("vermagic");
    if (magic.substr(0, magic.find(' ')) != subject.facts.kernel_release)
      verdict.fault(module.path, "vermagic " + magic, subject.facts.kernel_release);
    else
      verdict.saw(module.path, magic);
  }
}

const std::uint32_t* crc_of(const SymbolCrcs& symvers, const Subject& subject,
                            const std::string& symbol) {
  if (const auto found = symvers.find(symbol); found != symvers.end()) return &found->second;
  for (const KernelModule& module : subject.modules)
    if (const auto found = module.offered.find(symbol); found != module.offered.end())
      return &found->second;
  return nullptr;
}

void judge_symbols(const Subject& subject, const SymbolCrcs& symvers, const KernelModule& module,
                   Verdict& verdict) {
  if (module.wanted.empty())
    return verdict.fault(module.path, "names no symbol versions", "a module for MODVERSIONS");
  for (const auto& [symbol, crc] : module.wanted) {
    const std::uint32_t* offered = crc_of(symvers, subject, symbol);
    if (offered == nullptr) {
      verdict.fault(module.path, "wants symbol " + symbol + ", which nothing exports",
                    "only symbols of this kernel and its modules");
    } else if (*offered != crc) {
      verdict.fault(module.path, format("wants {} as {:#010x}", symbol, crc),
                    format("{:#010x}", *offered));
    }
  }
  verdict.saw(module.path, format("{} symbols", module.wanted.size()));
}

void symbols(const Subject& subject, Verdict& verdict) {
  if (subject.modules.empty()) return verdict.skip(no_modules);
  const std::string path =
      "usr/src/linux-headers-" + subject.facts.kernel_release + "/Module.symvers";
  std::optional<std::string> text;
  if (!subject.facts.build_root.empty())
    text = RootFolder(subject.facts.build_root).read(path, 64U << 20);
  if (!text) {
    return verdict.fault("", "the build root has no /" + path,
                         "the kernel's symbol versions, to compare the modules with");
  }
  const SymbolCrcs symvers = parse_symvers(*text);
  for (const KernelModule& module : subject.modules)
    if (module.broken.empty()) judge_symbols(subject, symvers, module, verdict);
}

void version(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  for (const KernelModule* module : driver_modules(subject)) {
    if (module->field("version") != subject.facts.driver->version)
      verdict.fault(module->path, "version " + module->field("version"),
                    subject.facts.driver->version);
    else
      verdict.saw(module->path, module->field("version"));
  }
}

void flavour(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  const bool open = subject.facts.driver->flavour == spec::Flavour::open;
  const std::string expected = open ? "Dual MIT/GPL" : "NVIDIA";
  for (const KernelModule* module : driver_modules(subject)) {
    // The licence of the others is the same in both flavours.
    if (module->name != "nvidia" && module->name != "nvidia_modeset") continue;
    if (module->field("license") != expected)
      verdict.fault(module->path, "license " + module->field("license"),
                    format("{}, as the {} flavour has", expected,
                           spec::name_of(subject.facts.driver->flavour)));
    else
      verdict.saw(module->path, module->field("license"));
  }
}

void certificate(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.module_certificate) return verdict.skip("the build has no module key");
  const std::string expected = subject.facts.module_certificate->hex();
  if (!subject.certificate) {
    verdict.fault(certificate_path,
                  subject.tree.has(certificate_path) ? "no certificate" : "not there",
                  "the certificate with fingerprint " + expected);
  } else if (subject.certificate->fingerprint() != *subject.facts.module_certificate) {
    verdict.fault(certificate_path, subject.certificate->fingerprint().hex(), expected);
  } else {
    verdict.saw(certificate_path, expected);
  }
}

void signature(const Subject& subject, Verdict& verdict) {
  if (subject.modules.empty()) return verdict.skip(no_modules);
  const bool checkable = subject.certificate &&
                         (!subject.facts.module_certificate ||
                          subject.certificate->fingerprint() == *subject.facts.module_certificate);
  for (const KernelModule& module : subject.modules) {
    if (!module.broken.empty()) continue;
    if (module.signer.empty() || (checkable && !module.distrust.empty())) {
      verdict.fault(module.path,
                    module.distrust + (module.signer.empty() ? "" : "; signed by " + module.signer),
                    "a signature by the build's module key");
    } else {
      verdict.saw(module.path, "signed by " + module.signer);
    }
  }
  if (!checkable) verdict.skip("the image lacks the certificate to check signatures with");
}

constexpr std::array<std::string_view, 2> rivals = {"nouveau", "nova_core"};

void rivals_blocked(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  for (const std::string_view rival : rivals) {
    if (subject.modprobe.blocks(rival))
      verdict.saw("etc/modprobe.d", std::string(rival) + " is blocked");
    else
      verdict.fault("etc/modprobe.d", std::string(rival) + " is not blocked",
                    "blacklist " + std::string(rival));
  }
}

void rivals_blocked_early(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  for (const InitramfsFacts& initramfs : subject.initramfs) {
    if (!initramfs.broken.empty()) continue;
    for (const std::string_view rival : rivals) {
      if (initramfs.modprobe.blocks(rival))
        verdict.saw(initramfs.path, std::string(rival) + " is blocked");
      else
        verdict.fault(initramfs.path, std::string(rival) + " is not blocked in its modprobe.d",
                      "blacklist " + std::string(rival));
    }
  }
}

void rivals_on_kernel_line(const Subject& subject, Verdict& verdict) {
  constexpr std::string_view key = "modprobe.blacklist=";
  if (!subject.facts.driver) return verdict.skip(no_driver);
  std::set<std::string> blocked;
  for (const std::string& word : subject.facts.kernel_line)
    if (word.starts_with(key))
      for (std::string name : split(word.substr(key.size()), ',')) {
        std::replace(name.begin(), name.end(), '-', '_');
        blocked.insert(name);
      }
  for (const std::string_view rival : rivals) {
    if (blocked.contains(std::string(rival)))
      verdict.saw("", std::string(rival) + " is blocked");
    else
      verdict.fault("", "the kernel line does not block " + std::string(rival),
                    std::string(key) + "nouveau,nova_core");
  }
}

void driver_not_blocked(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  for (const ModprobeLine& line : subject.modprobe.lines()) {
    const auto& words = line.words;
    if (words.size() < 2 || (words[0] != "blacklist" && words[0] != "install")) continue;
    for (const std::string& wanted : subject.facts.driver->modules)
      if (words[1] == module_name(wanted))
        verdict.fault(line.file, joined(words, " "), "nothing that keeps modprobe from " + wanted);
  }
}

constexpr std::array rules = {
    Rule{"kmod.present", "every module of the driver is there, once, and is a module",
         "gpu-operator wants uvm and modeset loaded (gpu-operator, cmd/nvidia-validator)",
         "take the modules of the build, and remove other copies and packages that bring them",
         present},
    Rule{"kmod.index", "depmod's index names the modules that are there",
         "modprobe finds a module by it only; the toolkit's units read modules.dep "
         "(nvidia-container-toolkit, nvidia-cdi-refresh.service)",
         "change modules before the image is finished, not after: depmod runs then", index_agrees},
    Rule{"kmod.vermagic", "modules from outside the kernel are built for this kernel",
         "the kernel ignores the release when it has symbol CRCs (Linux, kernel/module/main.c)",
         "compile the module against the pinned kernel's headers", vermagic},
    Rule{"kmod.symbols", "every symbol that a module wants has the CRC that the kernel offers",
         "\"disagrees about version of symbol\" (siderolabs/talos#7174)",
         "compile the module against the pinned kernel's headers and their Module.symvers",
         symbols},
    Rule{"kmod.version", "the modules are of the driver's version",
         "user/kernel version skew (Azure/AKS#5869)",
         "build the modules of the version that the image names", version},
    Rule{"kmod.flavour", "the modules are of the flavour that the image names",
         "open and proprietary modules serve different GPUs (awslabs/amazon-eks-ami#1697)",
         "name the flavour in the image's 'driver', and let no package bring the other", flavour},
    Rule{"kmod.certificate", "the tree holds the certificate of the build's module key",
         "nodes enrol it, the self-test trusts it (Linux, admin-guide/module-signing)",
         "let no layer write /usr/lib/ingot/module-signing.der", certificate},
    Rule{"kmod.signature", "modules from outside the kernel are signed by the build's module key",
         "\"Key was rejected by service\" (NVIDIA/gpu-operator#141)",
         "let ingot sign the modules; strip them before, never after", signature},
    Rule{"kmod.unblocked", "nothing keeps modprobe from the driver's modules",
         "wrappers around nvidia hide its errors (Debian, nvidia-kernel-support)",
         "remove the blacklist or install line", driver_not_blocked},
    Rule{"drv.blacklist", "modprobe.d blocks nouveau and nova_core",
         "another driver that claims a GPU first (beclab/Olares#3963)",
         "keep 'blacklist nouveau' and 'blacklist nova_core' in /etc/modprobe.d", rivals_blocked},
    Rule{"drv.blacklist.initrd", "the initramfs blocks nouveau and nova_core",
         "udev in the initramfs loads drivers too (kubernetes-sigs/image-builder#1468)",
         "keep the hook that copies the modprobe.d file into the initramfs", rivals_blocked_early},
    Rule{"kern.cmdline", "the kernel line blocks nouveau and nova_core",
         "the third place where they are blocked (NVIDIA/gpu-operator#974)",
         "add modprobe.blacklist=nouveau,nova_core to the kernel-line of a layer",
         rivals_on_kernel_line},
};

}  // namespace

std::span<const Rule> module_rules() { return rules; }

}  // namespace ingot::agreement
