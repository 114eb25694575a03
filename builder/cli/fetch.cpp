// SPDX-License-Identifier: Apache-2.0
// `ingot fetch`: brings everything that a lock names into the store.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "run/definitions.hpp"
#include "run/fetching.hpp"
#include "run/locking.hpp"

namespace ingot::cli {
namespace {

struct FetchOptions {
  std::vector<std::string> images;
  std::vector<std::string> mirrors;
  std::vector<std::string> sources;
  bool offline = false;
  bool locked = false;
  unsigned parallel = 8;
  unsigned patience = 30;
};

void fetch_image(const std::string& name, const FetchOptions& options, run::Mirrors& mirrors,
                 const store::Store& store, const Context& context) {
  const spec::ResolvedImage image = run::load_image(context.project, name);
  const auto lock = run::load_lock(image);
  if (!lock)
    throw Error(Fault::difference,
                format("{} has no lock; make it with: ingot lock {}", image.file, image.name));
  if (options.locked) run::require_fresh(*lock, image);
  run::FetchRequest request{.lock = *lock, .sources = {}, .fetch = {}};
  for (const std::string& source : options.sources)
    request.sources.push_back(context.environment.cwd() / source);
  request.fetch.parallel = options.parallel;
  request.fetch.offline = options.offline;
  request.fetch.low_speed_time = std::chrono::seconds(options.patience);
  const run::Fetched fetched = run::fetch_locked(request, mirrors, store, context.report);
  context.out << format("{}: {} files in the store, {} of them fetched now ({})\n", image.name,
                        fetched.files, fetched.brought, human(fetched.bytes));
}

int run_fetch(const FetchOptions& options, const Context& context) {
  const os::SystemRunner runner;
  const store::Store store(context.environment.cache_folder());
  run::Mirrors mirrors(options.mirrors, context.environment, runner);
  for (const std::string& image : options.images)
    fetch_image(image, options, mirrors, store, context);
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_fetch(CLI::App& app) {
  auto options = std::make_shared<FetchOptions>();
  app.add_option("image", options->images, "Images whose locks say what is needed")
      ->type_name("IMAGE")
      ->required();
  app.add_option("--mirror", options->mirrors,
                 "Mirror of an archive, may be repeated (default: those of the host's apt)")
      ->type_name("[ARCHIVE=]URL")
      ->allow_extra_args(false);
  app.add_option("--source", options->sources,
                 "Folder with .deb files, asked before mirrors; repeatable")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--parallel", options->parallel, "Files fetched at a time")
      ->check(CLI::Range(1U, 64U));
  app.add_option(
         "--patience", options->patience,
         "Seconds after which a mirror that sends less than 1 kB/s is left for the next one")
      ->check(CLI::Range(1U, 3600U))
      ->capture_default_str();
  app.add_flag("--offline", options->offline, "Use no network: only the store and folders");
  app.add_flag("--locked", options->locked, "Refuse a lock that does not match its definitions");
  return [options](const Context& context) { return run_fetch(*options, context); };
}

}  // namespace ingot::cli
