// SPDX-License-Identifier: Apache-2.0
// The functions behind the catalogue's rows; each looks at one thing and says what it found.
#pragma once

#include <string>
#include <vector>

#include "check.hpp"

namespace ingot::selftest {

constexpr const char* manifest_path = "/usr/lib/ingot/image.json";
constexpr const char* certificate_path = "/usr/lib/ingot/module-signing.der";

Result os_release(const Node& node);
Result img_manifest(const Node& node);
Result img_packages(const Node& node);
Result img_no_upgrade(const Node& node);
Result kern_release(const Node& node);
Result kern_command_line(const Node& node);

Result kmod_present(const Node& node);
Result kmod_vermagic(const Node& node);
Result kmod_version(const Node& node);
Result kmod_flavour(const Node& node);
Result kmod_signature(const Node& node);
Result kmod_no_gpu(const Node& node);
Result kmod_loaded(const Node& node);

Result drv_blacklist(const Node& node);
Result lib_cache(const Node& node);
Result smi_path(const Node& node);
Result firmware_gsp(const Node& node);
Result user_persist(const Node& node);

Result crt_config(const Node& node);
Result crt_up(const Node& node);
Result crt_cgroup(const Node& node);

Result failed_units(const Node& node);
Result sane_time(const Node& node);

Result pci_count(const Node& node);
Result pci_absent(const Node& node);
Result device_nodes(const Node& node);
Result nvml_init(const Node& node);
Result nvml_version(const Node& node);
Result nvml_count(const Node& node);

/// A driver module of the image as it lies on the disk.
struct ModuleFile {
  std::string name;  ///< nvidia_uvm
  std::string path;  ///< absolute on the node
};

/// The folder of the kernel's modules on the node.
std::string modules_folder(const Node& node);
/// The driver's modules that modules.dep lists; missing ones are left out. Throws Broken when
/// there is no modules.dep.
std::vector<ModuleFile> driver_modules(const Node& node);

/// Whether the kernel refuses modules without a trusted signature, and what says so; empty if not.
std::string enforcement(const Node& node);

/// What finit_module's errno, with what the kernel logged meanwhile, says of a driver module on a
/// machine without a GPU. `error` is 0 when the module was loaded.
Result judge_load(int error, const std::vector<std::string>& log);

/// The units folders of systemd, the administrator's first.
std::vector<std::string> unit_folders();
/// The unit's file, in the first folder that has it; nothing when no folder has it.
std::optional<std::string> unit_file(const Node& node, const std::string& unit);
bool unit_masked(const Node& node, const std::string& unit);
/// Whether any target wants or requires the unit.
bool unit_enabled(const Node& node, const std::string& unit);

}  // namespace ingot::selftest
