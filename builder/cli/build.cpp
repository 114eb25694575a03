// SPDX-License-Identifier: Apache-2.0
// `ingot build`: from definitions and lock to signed release folders.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/key_options.hpp"
#include "cli/verb.hpp"
#include "fetch/registry_reference.hpp"
#include "os/file.hpp"
#include "os/sandbox.hpp"
#include "os/signals.hpp"
#include "os/user_namespace.hpp"
#include "run/build.hpp"
#include "run/definitions.hpp"
#include "run/fetching.hpp"
#include "run/locking.hpp"
#include "run/shared_cache.hpp"

namespace ingot::cli {
namespace {

struct BuildOptions {
  std::vector<std::string> images;
  std::vector<std::string> mirrors;
  std::vector<std::string> sources;
  std::vector<std::string> until;
  std::string output = "out";
  KeyOptions keys;
  std::vector<std::string> cache_from;
  std::string cache_to;
  std::vector<std::string> cache_keys;
  bool locked = false;
  bool offline = false;
  bool fast = false;
  unsigned jobs = 0;
};

/// The lock to build from; without --locked a stale or missing one is made afresh and written.
spec::Lock lock_for(const spec::ResolvedImage& image, const BuildOptions& options,
                    run::Mirrors& mirrors, const store::Store& store, const Context& context) {
  auto lock = run::load_lock(image);
  const bool fresh = lock && lock->definitions == run::definitions_digest(image);
  if (fresh) return *lock;
  if (options.locked) {
    if (lock) run::require_fresh(*lock, image);
    throw Error(Fault::difference,
                format("{} has no lock; make it with: ingot lock {}", image.file, image.name));
  }
  context.report.note(
      format("{}: {}; locking it now", image.name,
             lock ? "the lock does not match its definitions" : "there is no lock"));
  run::LockRequest request{.image = image, .previous = lock, .names = {}, .fetch = {}};
  request.fetch.offline = options.offline;
  const run::MadeLock made = run::make_lock(request, mirrors, store, os::SystemRunner(),
                                            context.environment, context.report);
  os::write_file(image.lock_file(), spec::render(made.lock));
  return made.lock;
}

/// Nothing when results are shared with nobody.
std::unique_ptr<run::SharedCache> shared_cache(const BuildOptions& options,
                                               const store::Store& store, const Context& context) {
  run::SharedCacheRequest request;
  for (const std::string& from : options.cache_from)
    request.from.push_back(fetch::parse_registry_reference(from));
  if (!options.cache_to.empty()) request.to = fetch::parse_registry_reference(options.cache_to);
  const bool shares = !request.from.empty() || request.to;
  if (shares && options.offline)
    throw Error(Fault::input, "--offline uses no network; --cache-from and --cache-to need one");
  if (!shares) return nullptr;
  for (const std::string& key : options.cache_keys)
    request.trusted.push_back(crypto::PublicKey::load(context.environment.cwd() / key));
  run::SigningKeys keys = run::load_signing_keys(options.keys.files(context), store.folder());
  return std::make_unique<run::SharedCache>(std::move(request), std::move(keys.release),
                                            context.environment, store, context.report);
}

void build_one(const std::string& name, const BuildOptions& options, run::Mirrors& mirrors,
               const store::Store& store, run::SharedCache* shared, const Context& context) {
  const spec::ResolvedImage image = run::load_image(context.project, name);
  const spec::Lock lock = lock_for(image, options, mirrors, store, context);

  run::FetchRequest fetch{.lock = lock, .sources = {}, .fetch = {}};
  for (const std::string& source : options.sources)
    fetch.sources.push_back(context.environment.cwd() / source);
  fetch.fetch.offline = options.offline;
  run::fetch_locked(fetch, mirrors, store, context.report);

  const run::BuildRequest request{
      .image = image,
      .lock = lock,
      .output = context.environment.cwd() / options.output,
      .keys = options.keys.files(context),
      .workers = options.jobs,
      .compression = options.fast ? step::fast_compression : step::Compression(),
      .shared = shared};
  if (!options.until.empty()) {
    run::build_steps(request, options.until, os::SystemRunner(), context.environment, store,
                     context.report);
    return;
  }
  const run::BuiltRelease built =
      run::build_image(request, os::SystemRunner(), context.environment, store, context.report);
  if (built.origin == run::KeyOrigin::development)
    context.report.warning("signed with development keys: verify refuses it without --allow-dev");
  context.out << built.folder.string() << "\n";
}

int run_build(const BuildOptions& options, const Context& context) {
  os::enter_user_namespace(context.environment);
  os::enter_private_mounts();
  const os::SystemRunner runner;
  const store::Store store(context.environment.cache_folder());
  run::Mirrors mirrors(options.mirrors, context.environment, runner);
  const auto shared = shared_cache(options, store, context);
  try {
    for (const std::string& image : options.images)
      build_one(image, options, mirrors, store, shared.get(), context);
  } catch (const Error&) {
    // What was made before is of use to others, and to the next try.
    if (shared) shared->finish();
    throw;
  }
  if (shared) shared->finish();
  os::check_stop();
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_build(CLI::App& app) {
  const auto options = std::make_shared<BuildOptions>();
  app.add_option("image", options->images, "Images to build, by name or file")
      ->type_name("IMAGE")
      ->required();
  app.add_option("-o,--output", options->output, "Folder that receives <image>-<version>/")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_flag("--locked", options->locked,
               "Refuse a lock that is missing or does not match its definitions");
  app.add_flag("--offline", options->offline, "Use no network: only the store and folders");
  app.add_flag("--fast", options->fast,
               "Compress less: for images that are tested and thrown away");
  app.add_option("--until", options->until,
                 "Make only this step and those that it needs, and no release; repeatable")
      ->type_name("STEP")
      ->allow_extra_args(false);
  options->keys.add_to(app);
  app.add_option("--mirror", options->mirrors,
                 "Mirror of an archive, may be repeated (default: those of the host's apt)")
      ->type_name("[ARCHIVE=]URL")
      ->allow_extra_args(false);
  app.add_option("--source", options->sources,
                 "Folder with .deb files, asked before mirrors; repeatable")
      ->type_name("DIR")
      ->allow_extra_args(false);
  app.add_option("--cache-from", options->cache_from,
                 "Registry that has results of others, taken where that is quicker; repeatable")
      ->type_name("oci://HOST/REPO")
      ->allow_extra_args(false);
  app.add_option("--cache-to", options->cache_to, "Registry that results are sent to")
      ->type_name("oci://HOST/REPO");
  app.add_option(
         "--cache-key", options->cache_keys,
         "Public key whose results are believed (default: that of --release-key); repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("-j,--jobs", options->jobs, "Steps carried out at a time (default: one per core)")
      ->check(CLI::Range(1U, 64U));
  return [options](const Context& context) { return run_build(*options, context); };
}

}  // namespace ingot::cli
