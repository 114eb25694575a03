// SPDX-License-Identifier: Apache-2.0
// `ingot keygen`: keys that sign releases and kernel modules, as new files.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <memory>

#include "cli/verb.hpp"
#include "run/key_files.hpp"

namespace ingot::cli {
namespace {

struct KeygenOptions {
  std::string type = "all";
  std::string out = ".";
  std::string name = "ingot module signing key";
};

int run_keygen(const KeygenOptions& options, const Context& context) {
  const std::filesystem::path folder = (context.environment.cwd() / options.out).lexically_normal();
  std::vector<std::filesystem::path> written;
  if (options.type != "module") written = run::make_release_key(folder);
  if (options.type != "release") {
    const auto more = run::make_module_key(folder, options.name);
    written.insert(written.end(), more.begin(), more.end());
  }
  for (const std::filesystem::path& path : written) context.out << path.string() << "\n";
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_keygen(CLI::App& app) {
  auto options = std::make_shared<KeygenOptions>();
  app.add_option("--type", options->type, "release, module or all")
      ->check(CLI::IsMember({"release", "module", "all"}))
      ->capture_default_str();
  app.add_option("--out", options->out, "Folder for the keys, made when missing")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--name", options->name, "Common name of the module certificate")
      ->type_name("CN")
      ->capture_default_str();
  return [options](const Context& context) { return run_keygen(*options, context); };
}

}  // namespace ingot::cli
