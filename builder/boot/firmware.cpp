// SPDX-License-Identifier: Apache-2.0
#include "boot/firmware.hpp"

#include <string>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::boot {

const std::vector<Firmware>& known_firmware() {
  static const std::vector<Firmware> pairs = {
      {"usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_VARS_4M.fd"},      // Debian, Ubuntu
      {"usr/share/OVMF/OVMF_CODE.fd", "usr/share/OVMF/OVMF_VARS.fd"},            // before Debian 12
      {"usr/share/edk2/ovmf/OVMF_CODE.fd", "usr/share/edk2/ovmf/OVMF_VARS.fd"},  // Fedora
      {"usr/share/edk2/x64/OVMF_CODE.4m.fd", "usr/share/edk2/x64/OVMF_VARS.4m.fd"},  // Arch
  };
  return pairs;
}

os::Lack no_firmware(const std::filesystem::path& root) {
  return {format("there is no UEFI firmware for virtual machines below {}", root.string()),
          os::install_command("ovmf")};
}

Firmware find_firmware(const std::filesystem::path& root) {
  std::error_code ignored;
  for (const Firmware& pair : known_firmware()) {
    const Firmware found{root / pair.code, root / pair.variables};
    if (std::filesystem::is_regular_file(found.code, ignored) &&
        std::filesystem::is_regular_file(found.variables, ignored)) {
      return found;
    }
  }
  throw os::error_of(no_firmware(root));
}

}  // namespace ingot::boot
