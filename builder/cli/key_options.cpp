// SPDX-License-Identifier: Apache-2.0
#include "cli/key_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <filesystem>
#include <optional>

namespace ingot::cli {

void KeyOptions::add_to(CLI::App& app) {
  app.add_option("--release-key", release_key, "Private key that signs the release")
      ->type_name("FILE");
  app.add_option("--module-key", module_key, "Private key that signs kernel modules")
      ->type_name("FILE");
  app.add_option("--module-certificate", module_certificate, "Certificate of the module key")
      ->type_name("FILE");
}

run::KeyFiles KeyOptions::files(const Context& context) const {
  const auto file = [&](const std::string& given) -> std::optional<std::filesystem::path> {
    if (given.empty()) return std::nullopt;
    return context.environment.cwd() / given;
  };
  return {file(release_key), file(module_key), file(module_certificate)};
}

}  // namespace ingot::cli
