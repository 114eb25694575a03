// SPDX-License-Identifier: Apache-2.0
// pci.*, dev.*, nvml.* and kmod.loaded: the GPUs that should be there are, and the driver has them.
#include <charconv>

#include "broken.hpp"
#include "checks/checks.hpp"
#include "file.hpp"
#include "nvml.hpp"
#include "pci.hpp"

namespace ingot::selftest {

Result pci_count(const Node& node) {
  if (!node.profile_fault.empty()) return fail(node.profile_fault);
  const std::size_t found = node.gpus.size();
  std::string addresses;
  for (const std::string& gpu : node.gpus) addresses += (addresses.empty() ? "" : " ") + gpu;
  Values values{{"found", std::to_string(found)}, {"addresses", addresses}};
  if (node.profile.gpus != Gpus::required) {
    if (found > 0 && node.profile.count && found != *node.profile.count) {
      return fail(gpus_text(found) + ", the profile says " + std::to_string(*node.profile.count),
                  std::move(values));
    }
    return pass(gpus_text(found) + ", the profile demands none", std::move(values));
  }
  if (found == 0)
    return fail("the profile demands GPUs, the PCI bus shows none", std::move(values));
  if (node.profile.count && found != *node.profile.count) {
    return fail(gpus_text(found) + ", the profile demands " + std::to_string(*node.profile.count),
                std::move(values));
  }
  return pass(gpus_text(found) + ", as the profile demands", std::move(values));
}

Result pci_absent(const Node& node) {
  if (node.profile.gpus == Gpus::required) {
    return fail("the profile demands a GPU and the machine has none");
  }
  return pass("the profile demands no GPU");
}

Result kmod_loaded(const Node& node) {
  const auto lines = lines_of(require_text(node.roots.at("/proc/modules")));
  Findings findings;
  for (const std::string module : {"nvidia", "nvidia_uvm", "nvidia_modeset"}) {
    std::string state = "not loaded";
    for (const std::string& line : lines) {
      // name size users dependents state address
      const auto words = words_of(line);
      if (words.size() >= 5 && words[0] == module) state = words[4];
    }
    if (state != "Live") findings.add(module + " is " + state);
    const auto init = first_line(node.roots.at("/sys/module/" + module + "/initstate"));
    if (init && trimmed(*init) != "live") findings.add(module + " is " + *init);
  }
  return std::move(findings).result("nvidia, nvidia_uvm and nvidia_modeset are live");
}

namespace {

std::optional<unsigned> number_of(std::string_view text) {
  unsigned number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<unsigned> character_major(const Node& node, std::string_view driver) {
  for (const std::string& line : lines_of(require_text(node.roots.at("/proc/devices")))) {
    if (line.starts_with("Block devices")) break;
    const auto words = words_of(line);
    if (words.size() == 2 && words[1] == driver) return number_of(words[0]);
  }
  return std::nullopt;
}

// The driver says which /dev/nvidiaN a GPU has; without it, they count from 0.
unsigned minor_of(const Node& node, const std::string& address, unsigned index) {
  const auto text =
      read_text(node.roots.at("/proc/driver/nvidia/gpus/" + address + "/information"));
  for (const std::string& line : lines_of(text.value_or(""))) {
    constexpr std::string_view key = "Device Minor:";
    if (!line.starts_with(key)) continue;
    if (const auto number = number_of(trimmed(std::string_view(line).substr(key.size())))) {
      return *number;
    }
  }
  return index;
}

void judge_device(const Node& node, const std::string& path, unsigned major, unsigned minor,
                  Findings& findings) {
  const auto device = node.device_at(path);
  if (!device) {
    findings.add(path + " is missing, or no character device");
    return;
  }
  if (device->major != major || device->minor != minor) {
    findings.add(path + " is " + std::to_string(device->major) + ":" +
                 std::to_string(device->minor) + ", not " + std::to_string(major) + ":" +
                 std::to_string(minor));
  }
  if ((device->mode & 0666U) != 0666U) findings.add(path + " is not readable and writable by all");
}

}  // namespace

Result device_nodes(const Node& node) {
  constexpr unsigned nvidia_major = 195;
  Findings findings;
  judge_device(node, "/dev/nvidiactl", nvidia_major, 255, findings);
  judge_device(node, "/dev/nvidia-modeset", nvidia_major, 254, findings);
  unsigned index = 0;
  for (const std::string& gpu : node.gpus) {
    const unsigned minor = minor_of(node, gpu, index++);
    judge_device(node, "/dev/nvidia" + std::to_string(minor), nvidia_major, minor, findings);
  }
  if (const auto uvm = character_major(node, "nvidia-uvm")) {
    judge_device(node, "/dev/nvidia-uvm", *uvm, 0, findings);
    judge_device(node, "/dev/nvidia-uvm-tools", *uvm, 1, findings);
  } else {
    findings.add("/proc/devices has no nvidia-uvm");
  }
  return std::move(findings).result("control, GPU and UVM nodes are there");
}

Result nvml_init(const Node& node) {
  const Nvml nvml(node.nvml);
  return pass("NVML starts");
}

Result nvml_version(const Node& node) {
  const Nvml nvml(node.nvml);
  const std::string& wanted = node.image->driver->version;
  const std::string library = nvml.driver_version();
  Findings findings;
  findings.value("version", library);
  if (library != wanted) {
    findings.add("NVML says driver " + library + ", the image holds " + wanted);
  }
  const auto module = first_line(node.roots.at("/proc/driver/nvidia/version"));
  const auto words = words_of(module.value_or(""));
  if (std::find(words.begin(), words.end(), wanted) == words.end()) {
    findings.add("the loaded module says: " + module.value_or("nothing"));
  }
  return std::move(findings).result(wanted);
}

Result nvml_count(const Node& node) {
  const Nvml nvml(node.nvml);
  const unsigned count = nvml.device_count();
  Findings findings;
  findings.value("nvml", std::to_string(count));
  findings.value("pci", std::to_string(node.gpus.size()));
  if (count != node.gpus.size()) {
    findings.add("NVML sees " + gpus_text(count) + ", the PCI bus shows " +
                 gpus_text(node.gpus.size()));
  }
  for (unsigned index = 0; index < count && index < 1024; ++index) {
    try {
      nvml.open_device(index);
    } catch (const Broken& error) {
      findings.add(error.what());
    }
  }
  return std::move(findings).result(gpus_text(count) + ", all open");
}

}  // namespace ingot::selftest
