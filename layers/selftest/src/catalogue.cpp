// SPDX-License-Identifier: Apache-2.0
// The table of checks: what each one promises, what its failure means, and what now.
#include <array>

#include "check.hpp"
#include "checks/checks.hpp"

namespace ingot::selftest {

namespace {

using std::chrono_literals::operator""s;
using enum Severity;
using enum When;
constexpr bool at_build = true;
constexpr bool booted_only = false;

constexpr std::array rows{
    Check{"os.release", fatal, always, Needs::nothing, at_build, 5s, os_release,
          "os-release names ID and VERSION_ID as the image was built",
          "gpu-operator refuses nodes whose NFD labels for the system are missing. Another value "
          "than the manifest's means that base-files was changed after the build."},
    Check{"img.manifest", fatal, always, Needs::nothing, at_build, 10s, img_manifest,
          "the image's manifest is there, readable, and signed by the module key",
          "/usr/lib/ingot/image.json, its .sig or the certificate beside it is missing, was "
          "changed, or belongs to another build. Rebuild or reinstall the image."},
    Check{"img.pkgs", fatal, always, Needs::image, at_build, 20s, img_packages,
          "every package of the manifest is installed at its exact version, on hold where asked",
          "Somebody installed, upgraded or removed packages on this node. Replace the node with "
          "an image that holds what is wanted."},
    Check{"img.noupgrade", error, always, Needs::nothing, at_build, 5s, img_no_upgrade,
          "apt's timers are masked and unattended upgrades are off",
          "An upgrade of driver libraries under a loaded module breaks every GPU pod. Mask "
          "apt-daily.timer and apt-daily-upgrade.timer, disable unattended-upgrades."},
    Check{"kern.release", fatal, always, Needs::image, at_build, 5s, kern_release,
          "the kernel that runs is the image's, and the only one installed",
          "The driver's modules fit one kernel only. Boot the image's kernel; remove others."},
    Check{"kern.cmdline", warning, always, Needs::image, booted_only, 5s, kern_command_line,
          "the kernel command line holds what the image's layers ask for",
          "The provisioner boots the image with a command line of its own. Add what is missing."},
    Check{"kmod.present", fatal, always, Needs::driver, at_build, 10s, kmod_present,
          "modules.dep lists every module of the driver, and the files are there",
          "A module was removed, or depmod did not run after it was added."},
    Check{"kmod.vermagic", fatal, always, Needs::driver, at_build, 20s, kmod_vermagic,
          "every module of the driver was built for this kernel release",
          "Kernels with symbol versions load some modules of other releases without a word; "
          "they fail later. Rebuild the modules for this kernel."},
    Check{"kmod.version", fatal, always, Needs::driver, at_build, 30s, kmod_version,
          "modules, firmware and driver packages have one and the same version",
          "A mix gives 'Driver/library version mismatch' (NVML error 18) or 'API mismatch'. "
          "Reinstall the image; put the driver's packages on hold."},
    Check{"kmod.flavour", error, always, Needs::driver, at_build, 20s, kmod_flavour,
          "the modules are of the flavour (open or proprietary) that the image states",
          "Blackwell needs the open modules, GPUs before Turing need the proprietary ones."},
    Check{"kmod.signature", fatal, always, Needs::driver, at_build, 60s, kmod_signature,
          "every module of the driver is signed by the image's key",
          "Under Secure Boot or module.sig_enforce=1 the kernel refuses other modules. Without "
          "enforcement this is a warning: the module was replaced after the build. Enrol the "
          "image's certificate (/usr/lib/ingot/module-signing.der) in the firmware's db."},
    Check{"kmod.nogpu", fatal, no_gpu, Needs::driver, booted_only, 180s, kmod_no_gpu,
          "the kernel takes nvidia.ko, which then finds no GPU (ENODEV)",
          "ENODEV proves that format, signature, symbols and dependencies are right. Any other "
          "answer means that the driver would not load on a machine with a GPU either."},
    Check{"kmod.loaded", fatal, gpu, Needs::driver, booted_only, 5s, kmod_loaded,
          "nvidia, nvidia_uvm and nvidia_modeset are loaded and live",
          "See 'systemctl status ingot-nvidia-modules.service' and NVRM lines of the kernel log."},
    Check{"drv.blacklist", error, always, Needs::driver, at_build, 5s, drv_blacklist,
          "nouveau and nova_core are neither loaded nor free to load",
          "A kernel driver that claims the GPU first keeps nvidia from it. Blacklist both in "
          "modprobe.d, in the initramfs and on the kernel line."},
    Check{"lib.ldcache", fatal, always, Needs::driver, at_build, 10s, lib_cache,
          "libcuda.so.1 and libnvidia-ml.so.1 lead to one file each, of the driver's version",
          "A second copy, a stale cache or another version breaks CUDA. Run ldconfig; remove "
          "the copy that does not belong to the image."},
    Check{"smi.path", fatal, always, Needs::driver, at_build, 5s, smi_path,
          "/usr/bin/nvidia-smi is an executable file, no absolute link",
          "gpu-operator's validator and the device plugin look for it there, from inside a "
          "container, where absolute links lead elsewhere."},
    Check{"fw.gsp", fatal, always, Needs::driver, at_build, 10s, firmware_gsp,
          "the GSP firmware of the driver's version is there and nothing hides it",
          "The firmware is read when a GPU is initialised; without it no GPU comes up."},
    Check{"user.persist", error, always, Needs::driver, at_build, 5s, user_persist,
          "nvidia-persistenced has its user, is enabled, and is skipped where there is no driver",
          "Without persistence every GPU query initialises the GPU anew and may take half a "
          "minute; without a condition the unit fails on nodes without a GPU."},
    Check{"crt.config", fatal, always, Needs::containerd, at_build, 30s, crt_config,
          "containerd's effective configuration has the runtimes, cgroup driver and CDI we need",
          "'containerd config dump' shows what containerd makes of its files. A drop-in that "
          "replaces the CRI section loses runc; a syntax error keeps containerd from starting."},
    Check{"crt.up", fatal, always, Needs::containerd, booted_only, 30s, crt_up,
          "containerd answers on its socket and its CRI plugin is ready",
          "See 'journalctl -u containerd'."},
    Check{"crt.cgroup", error, always, Needs::containerd, booted_only, 5s, crt_cgroup,
          "the node has cgroup version 2, and kubelet and containerd use the same driver",
          "Two cgroup drivers on one node lose containers and GPU access on daemon-reload. Set "
          "cgroupDriver: systemd for kubelet."},
    Check{"sd.failed", warning, always, Needs::nothing, booted_only, 20s, failed_units,
          "no systemd unit has failed", "See 'systemctl --failed'."},
    Check{"time.sane", warning, always, Needs::nothing, booted_only, 5s, sane_time,
          "the clock is not before the image's date",
          "Certificates and signatures do not verify with a wrong clock. Set the clock, or let "
          "systemd-timesyncd reach a time server."},
    Check{"pci.count", fatal, always, Needs::nothing, booted_only, 5s, pci_count,
          "the PCI bus shows as many NVIDIA GPUs as the profile demands",
          "A GPU is missing, unpowered, or hidden by firmware settings; or the profile is wrong."},
    Check{"pci.absent", fatal, no_gpu, Needs::nothing, booted_only, 5s, pci_absent,
          "a machine without a GPU is not meant to have one",
          "The profile demands GPUs. Look for the GPU with 'lspci -d 10de:', reseat it, or boot "
          "this machine with an image or profile that demands none."},
    Check{"dev.nodes", fatal, gpu, Needs::driver, booted_only, 5s, device_nodes,
          "the device nodes of control, modeset, UVM and every GPU are there",
          "'nvidia-modprobe -m -u -c 0' makes them; see ingot-nvidia-modules.service."},
    Check{"nvml.init", fatal, gpu, Needs::driver, booted_only, 30s, nvml_init, "NVML starts",
          "The reason names NVML's error. 9: driver not loaded; 15: GPU off the bus; 18: "
          "library and module differ."},
    Check{"nvml.version", fatal, gpu, Needs::driver, booted_only, 30s, nvml_version,
          "library, loaded module and manifest name the same driver version",
          "Libraries were changed under a loaded module. Reboot; reinstall if it stays."},
    Check{"nvml.count", fatal, gpu, Needs::driver, booted_only, 60s, nvml_count,
          "NVML sees every GPU that the PCI bus shows, and each one opens",
          "A GPU failed to initialise. Look for Xid and RmInitAdapter in the kernel log."},
};

}  // namespace

std::span<const Check> catalogue() { return rows; }

std::string_view name_of(When when) noexcept {
  switch (when) {
    case always:
      return "always";
    case gpu:
      return "gpu";
    case no_gpu:
      return "no-gpu";
  }
  return "always";
}

std::optional<std::string> why_not(const Check& check, const Node& node) {
  if (node.building && !check.at_build) return "holds only for a booted node";
  if (check.when == gpu && node.gpus.empty()) return "no NVIDIA GPU";
  if (check.when == no_gpu && !node.gpus.empty()) return "the machine has an NVIDIA GPU";
  if (check.needs == Needs::nothing) return std::nullopt;
  if (!node.image) return "the image manifest cannot be read (see img.manifest)";
  if (check.needs == Needs::driver && !node.image->driver) return "no NVIDIA driver in the image";
  if (check.needs == Needs::containerd && !node.image->containerd_version) {
    return "no containerd in the image";
  }
  return std::nullopt;
}

}  // namespace ingot::selftest
