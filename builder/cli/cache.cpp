// SPDX-License-Identifier: Apache-2.0
// `ingot cache`: how much is kept of what was fetched and built, whether it is whole, and less of
// it.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "os/clock.hpp"
#include "os/user_namespace.hpp"
#include "run/build.hpp"
#include "run/cache_check.hpp"
#include "run/definitions.hpp"
#include "run/tree_steps.hpp"
#include "step/decompressed_package.hpp"
#include "store/cache_use.hpp"
#include "store/collection.hpp"

namespace ingot::cli {
namespace {

struct CacheOptions {
  std::uint64_t size = 0;
  std::vector<std::string> kept_images;
  bool json = false;
};

/// Files of subordinate ids can be read and removed in their user namespace only.
void enter_namespace(const Context& context) {
  try {
    os::enter_user_namespace(context.environment);
  } catch (const Error& error) {
    // Where no namespace can be made, there may be no such files either.
    context.report.warning(error.message());
  }
}

int run_clear(const Context& context) {
  const std::filesystem::path cache = context.environment.cache_folder();
  enter_namespace(context);
  const Bytes freed = store::clear_cache(cache);
  context.out << format("{} removed from {}\n", human(freed), cache.string());
  return 0;
}

/// "packages/base" and "packages/kernel" are of one kind.
std::string kind_of(const store::CacheItem& item) {
  if (item.kind == store::ItemKind::blob) return "fetched";
  return item.step.empty() ? "other" : item.step.substr(0, item.step.find('/'));
}

int run_stats(const CacheOptions& options, const Context& context) {
  const std::filesystem::path cache = context.environment.cache_folder();
  enter_namespace(context);
  std::map<std::string, std::pair<std::size_t, Bytes>> kinds;
  Bytes total;
  for (const store::CacheItem& item : store::cache_items(cache)) {
    auto& [count, size] = kinds[kind_of(item)];
    ++count;
    size = size + item.size;
    total = total + item.size;
  }
  if (options.json) {
    nlohmann::json list = nlohmann::json::object();
    for (const auto& [kind, sum] : kinds)
      list[kind] = {{"items", sum.first}, {"bytes", sum.second.count}};
    context.out << nlohmann::json{{"schema", "ingot/cache/v1"},
                                  {"folder", cache.string()},
                                  {"bytes", total.count},
                                  {"kinds", list}}
                       .dump(1)
                << "\n";
    return 0;
  }
  for (const auto& [kind, sum] : kinds)
    context.out << format("{:<14} {:>6} {:>10}\n", kind, sum.first, human(sum.second));
  context.out << format("{} in {}\n", human(total), cache.string());
  return 0;
}

int run_verify(const Context& context) {
  enter_namespace(context);
  const store::Store store(context.environment.cache_folder());
  const auto start = os::system_clock().steady();
  context.report.step_started("cache");
  const run::CacheCheck check = run::check_cache(store, context.report);
  context.report.step_finished("cache", StepOutcome::done,
                               std::chrono::duration_cast<std::chrono::milliseconds>(
                                   os::system_clock().steady() - start),
                               format("{} items", check.items));
  for (const std::string& fault : check.damaged)
    context.out << "damaged, removed: " << fault << "\n";
  context.out << format("{} items read, {} damaged\n", check.items, check.damaged.size());
  return check.damaged.empty() ? 0 : exit_code(Fault::verification);
}

/// What building these images from their locks would take from the store.
std::set<std::string> needed_by(const std::vector<std::string>& images, const Context& context) {
  std::set<std::string> names;
  const std::filesystem::path cache = context.environment.cache_folder();
  const store::Store store(cache);
  for (const std::string& name : images) {
    const spec::ResolvedImage image = run::load_image(context.project, name);
    const auto lock = run::load_lock(image);
    if (!lock)
      throw Error(Fault::difference, image.name + " has no lock, so nothing of it is kept");
    for (const auto* list : {&lock->image_root, &lock->build_root})
      for (const spec::LockedPackage& package : *list)
        names.insert({package.sha256.hex(), step::decompressed_package_key(package.sha256).hex()});
    const plan::Plan plan = run::plan_image(image, *lock, run::load_signing_keys({}, cache));
    for (const plan::Step& step : plan.steps) {
      names.insert(step.key.hex());
      if (const auto tree = run::find_tree(store, step.key))
        names.insert(tree->folder.filename().string());
    }
    for (const Sha256& key : store.newest_of(image.name)) names.insert(key.hex());
  }
  return names;
}

int run_gc(const CacheOptions& options, const Context& context) {
  const std::filesystem::path cache = context.environment.cache_folder();
  enter_namespace(context);
  std::set<std::string> kept;
  if (!options.kept_images.empty()) kept = needed_by(options.kept_images, context);
  const store::Collected collected = store::collect(cache, {options.size}, kept);
  context.out << format("{} items, {}, removed from {}; {} are left\n", collected.removed,
                        human(collected.freed), cache.string(), human(collected.left));
  if (collected.left.count > options.size)
    context.report.warning(
        format("what the images named with --keep need takes {}", human(collected.kept)));
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_cache(CLI::App& app) {
  const auto options = std::make_shared<CacheOptions>();
  app.require_subcommand(1);
  app.add_subcommand("clear", "Remove everything in it: packages, trees, development keys")
      ->fallthrough();
  CLI::App* stats = app.add_subcommand("stats", "Show what it holds, by kind")->fallthrough();
  stats->add_flag("--json", options->json, "Print the result as JSON");
  app.add_subcommand("verify", "Read all of it, and remove what is damaged")->fallthrough();
  CLI::App* gc = app.add_subcommand("gc", "Remove what was longest unused")->fallthrough();
  gc->add_option("--size", options->size, "What may be left, as in 20GiB")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false))
      ->required();
  gc->add_option("--keep", options->kept_images, "Keep what this image needs; repeatable")
      ->type_name("IMAGE")
      ->allow_extra_args(false);
  return [options, &app](const Context& context) {
    const std::string chosen = app.get_subcommands().front()->get_name();
    if (chosen == "stats") return run_stats(*options, context);
    if (chosen == "verify") return run_verify(context);
    if (chosen == "gc") return run_gc(*options, context);
    return run_clear(context);
  };
}

}  // namespace ingot::cli
