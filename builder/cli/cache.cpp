// SPDX-License-Identifier: Apache-2.0
// `ingot cache clear`: removes what was fetched and built, also the files of an ordinary user's
// subordinate ids, which rm leaves.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "os/user_namespace.hpp"
#include "store/cache_use.hpp"

namespace ingot::cli {
namespace {

int run_clear(const Context& context) {
  const std::filesystem::path cache = context.environment.cache_folder();
  try {
    os::enter_user_namespace(context.environment);
  } catch (const Error& error) {
    // Where no namespace can be made, there may be no such files either.
    context.report.warning(error.message());
  }
  const Bytes freed = store::clear_cache(cache);
  context.out << format("{} removed from {}\n", human(freed), cache.string());
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_cache(CLI::App& app) {
  app.require_subcommand(1);
  app.add_subcommand("clear", "Remove everything in it: packages, trees, development keys")
      ->fallthrough();
  return [](const Context& context) { return run_clear(context); };
}

}  // namespace ingot::cli
