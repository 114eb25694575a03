// SPDX-License-Identifier: Apache-2.0
// Where archives are fetched from: options, environment, or what the host's own apt uses.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"

namespace ingot::run {

/// An address of an archive: http, https or file URL, or an absolute folder.
struct Mirror {
  std::string archive;  ///< "debian"
  std::string url;
};

/// "[archive=]URL"; without an archive the last part of the URL's path names it. Relative folders
/// count from `cwd`. Fault::input for other schemes.
Mirror parse_mirror(std::string_view text, const std::filesystem::path& cwd);

/// The addresses in apt source files below `apt_folder` (/etc/apt): one-line and deb822, lists of
/// mirror+file entries resolved; disabled and unknown ones are left out.
std::vector<std::string> configured_addresses(const std::filesystem::path& apt_folder);

class Mirrors {
public:
  /// `options` are the values of --mirror; INGOT_MIRROR holds more of them, separated by spaces.
  Mirrors(const std::vector<std::string>& options, const os::Environment& environment,
          const os::Runner& runner);

  /// The mirrors of an archive in order: those of --mirror, else of INGOT_MIRROR, else of the
  /// host's apt (asked once, when first needed), else for an archive such as debian-security the
  /// folders of that name beside the mirrors of debian. Fault::environment when there is none.
  std::vector<std::string> urls(const std::string& archive);

private:
  void ask_host();

  const os::Environment& environment_;
  const os::Runner& runner_;
  std::vector<Mirror> named_;
  std::vector<Mirror> from_environment_;
  std::vector<Mirror> of_host_;
  bool host_asked_ = false;
};

}  // namespace ingot::run
