// SPDX-License-Identifier: Apache-2.0
// What the image says of itself (/usr/lib/ingot/image.json), and what the node is meant to be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::selftest {

enum class Gpus { none, optional, required };

/// What hardware the node is meant to have.
struct Profile {
  Gpus gpus = Gpus::optional;
  std::optional<std::uint32_t> count = std::nullopt;
};

struct Driver {
  std::string version;
  std::string flavour;  ///< open or proprietary
  std::string package_version;
  std::string persistenced;  ///< version of the daemon, which may be an older one
  std::vector<std::string> modules;
  std::string firmware;  ///< folder, or empty when the image ships none
};

struct Package {
  std::string name;
  std::string version;
  bool hold = false;
};

struct Image {
  std::string name;
  std::string version;
  std::string architecture;
  std::string os_id;
  std::string os_version_id;
  std::string kernel_release;
  std::string kernel_package;
  std::string kernel_version;
  std::optional<Driver> driver;
  std::string signer_subject;
  std::string signer_sha256;
  std::optional<std::string> containerd_version;
  bool toolkit = false;
  Profile profile;
  std::vector<Package> packages;
  std::vector<std::string> kernel_line;
};

/// Reads a manifest of schema ingot/image/v1. Throws Broken for anything it does not know.
Image parse_image(std::string_view text);
/// Reads {"gpus": "none"|"optional"|"required", "count": N}.
Profile parse_profile(std::string_view text);

}  // namespace ingot::selftest
