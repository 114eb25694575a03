// SPDX-License-Identifier: Apache-2.0
#include "pci.hpp"

#include "file.hpp"

namespace ingot::selftest {

std::vector<std::string> nvidia_gpus(const Roots& roots) {
  std::vector<std::string> gpus;
  for (const std::string& address : names_in(roots.at("/sys/bus/pci/devices"))) {
    const auto folder = roots.at("/sys/bus/pci/devices/" + address);
    const auto vendor = first_line(folder / "vendor");
    const auto kind = first_line(folder / "class");
    if (!vendor || !kind || trimmed(*vendor) != "0x10de") continue;
    if (kind->starts_with("0x0300") || kind->starts_with("0x0302")) gpus.push_back(address);
  }
  return gpus;
}

std::string gpus_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " GPU" : " GPUs");
}

}  // namespace ingot::selftest
