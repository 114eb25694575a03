// SPDX-License-Identifier: Apache-2.0
// The options that name the keys of a build.
#pragma once

#include <string>

#include "cli/verb.hpp"
#include "run/signing_keys.hpp"

namespace ingot::cli {

struct KeyOptions {
  std::string release_key = {};
  std::string module_key = {};
  std::string module_certificate = {};

  /// Adds --release-key, --module-key and --module-certificate; the object must outlive `app`.
  void add_to(CLI::App& app);
  /// What was given, from the caller's folder.
  run::KeyFiles files(const Context& context) const;
};

}  // namespace ingot::cli
