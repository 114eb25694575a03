// SPDX-License-Identifier: Apache-2.0
// Unified kernel images: systemd's stub, a kernel, its initrd and its line as one EFI program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::boot {

struct UkiRequest {
  std::filesystem::path stub;    ///< linuxx64.efi.stub
  std::filesystem::path kernel;  ///< vmlinuz, itself an EFI program
  /// Loaded one after another. Each must start a new archive, so an uncompressed one comes first.
  std::vector<std::filesystem::path> initrds;
  std::string kernel_line;
  std::string os_release;  ///< content of the image's /etc/os-release
  std::string uname;       ///< kernel release: "6.12.94+deb13-amd64"
  std::string sbat;        ///< revocation record; used only when the stub brings none
  std::filesystem::path output;
};

/// Writes the image; `output` exists only when it is complete, and the same inputs give the same
/// bytes. It is not signed. Fault::input when stub or kernel are no EFI programs of the same
/// machine or a text cannot be in a section.
void write_uki(const UkiRequest& request);

/// A section's content (".cmdline", ".osrel", ".uname", ...), without trailing zero bytes; nothing
/// when the file has none of that name.
std::optional<std::string> read_uki_section(const std::filesystem::path& path,
                                            std::string_view name);

}  // namespace ingot::boot
