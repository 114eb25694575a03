// SPDX-License-Identifier: Apache-2.0
// `ingot plan`: the steps of a build, which of them the store already has, and why not the others;
// and how several machines could share the work.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/key_options.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "crypto/hasher.hpp"
#include "run/build.hpp"
#include "run/definitions.hpp"
#include "run/plan_outlook.hpp"
#include "run/shards.hpp"
#include "store/store.hpp"

namespace ingot::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t reasons_shown = 4;

struct PlanOptions {
  std::vector<std::string> images;
  /// Options of `ingot build` that its commands get as well, with their values.
  KeyOptions keys;
  std::vector<std::string> cache_from;
  std::vector<std::string> cache_keys;
  std::string cache_to;
  bool fast = false;
  bool json = false;
  bool all = false;
};

struct Outlined {
  std::string version;
  run::ImageOutlook outlook;
};

Json json_of(const run::OutlookRow& row) {
  Json step = {{"step", row.step}, {"outlook", run::name_of(row.outlook)}};
  step["reasons"] = row.reasons;
  if (row.key) step["key"] = row.key->hex();
  if (row.cost.time) step["last-milliseconds"] = row.cost.time->count();
  if (row.cost.size) step["last-bytes"] = row.cost.size->count;
  return step;
}

std::vector<std::string> command_of(const run::Shard& shard, const PlanOptions& options) {
  std::vector<std::string> words = {"ingot", "build", shard.argument, "--locked"};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  for (const std::string& step : shard.until) add("--until", step);
  if (options.fast) words.emplace_back("--fast");
  add("--release-key", options.keys.release_key);
  add("--module-key", options.keys.module_key);
  add("--module-certificate", options.keys.module_certificate);
  for (const std::string& registry : options.cache_from) add("--cache-from", registry);
  for (const std::string& key : options.cache_keys) add("--cache-key", key);
  add("--cache-to", options.cache_to);
  return words;
}

Json json_of(const run::Shard& shard, const PlanOptions& options) {
  Json json = {{"id", shard.id}};
  json["images"] = shard.images;
  json["steps"] = shard.steps;
  json["needs"] = shard.needs;
  json["expected-seconds"] = seconds(shard.expected);
  json["steps-of-unknown-time"] = shard.unknown;
  json["command"] = command_of(shard, options);
  return json;
}

std::string json_of(const std::vector<Outlined>& images, const PlanOptions& options) {
  Json list = Json::array();
  std::vector<run::ImageOutlook> outlooks;
  for (const Outlined& image : images) {
    Json steps = Json::array();
    for (const run::OutlookRow& row : image.outlook.rows) steps.push_back(json_of(row));
    list.push_back({{"image", image.outlook.image}, {"version", image.version}, {"steps", steps}});
    outlooks.push_back(image.outlook);
  }
  Json shards = Json::array();
  for (const run::Shard& shard : run::shards_of(outlooks))
    shards.push_back(json_of(shard, options));
  return Json{{"schema", "ingot/plan/v2"}, {"images", list}, {"shards", shards}}.dump(
             1, ' ', false, Json::error_handler_t::replace) +
         "\n";
}

void print(const run::OutlookRow& row, bool all, std::ostream& out) {
  const std::string time = row.outlook == run::Outlook::hit ? seconds_text({})
                           : row.cost.time                  ? seconds_text(*row.cost.time)
                                                            : "?";
  const std::string size = row.cost.size ? human(*row.cost.size) : "?";
  const std::string first = row.reasons.empty() ? "-" : row.reasons.front();
  out << format("{:<24} {:<5} {:>9} {:>8}  {}\n", row.step, run::name_of(row.outlook), time, size,
                first);
  for (std::size_t i = 1; i < row.reasons.size(); ++i) {
    if (!all && i == reasons_shown) {
      out << format("{:<51}and {} more reasons\n", "", row.reasons.size() - i);
      return;
    }
    out << format("{:<51}{}\n", "", row.reasons[i]);
  }
}

void print_sum(const std::vector<run::OutlookRow>& rows, std::ostream& out) {
  std::size_t missing = 0;
  std::size_t maybe = 0;
  std::size_t unknown = 0;
  std::chrono::milliseconds time{0};
  for (const run::OutlookRow& row : rows) {
    if (row.outlook == run::Outlook::maybe) ++maybe;
    if (row.outlook != run::Outlook::miss) continue;
    ++missing;
    if (row.cost.time)
      time += *row.cost.time;
    else
      ++unknown;
  }
  out << format("{} of {} steps to do", missing, rows.size());
  if (maybe > 0) out << format(", and {} perhaps", maybe);
  if (missing > unknown)
    out << format("; they took {} when they were last done", seconds_text(time));
  if (unknown > 0) out << format("; of {} the time is not known", unknown);
  out << "\n";
}

Outlined outlined(const spec::ResolvedImage& image, const std::string& argument,
                  const PlanOptions& options, const store::Store& store, const Context& context) {
  const auto lock = run::load_lock(image);
  if (!lock)
    throw Error(Fault::difference,
                image.name + " has no lock; `ingot lock " + image.name + "` makes it");
  const run::SigningKeys keys = run::load_signing_keys(options.keys.files(context), store.folder());
  plan::Plan plan = run::plan_image(image, *lock, keys);
  const run::FormatKeys format_keys(image, *lock, plan, keys,
                                    crypto::digest_of_file(context.environment.executable()),
                                    options.fast ? step::fast_compression : step::Compression());
  auto rows = run::plan_outlook(image, plan, format_keys, store, context.report);
  return {image.version, {image.name, argument, std::move(plan), std::move(rows)}};
}

int run_plan(const PlanOptions& options, const Context& context) {
  std::vector<spec::ResolvedImage> resolved;
  for (const std::string& name : options.images)
    resolved.push_back(run::load_image(context.project, name));
  const store::Store store(context.environment.cache_folder());
  std::vector<Outlined> images;
  for (std::size_t i = 0; i < resolved.size(); ++i)
    images.push_back(outlined(resolved[i], options.images[i], options, store, context));
  if (options.json) {
    print_result(context.out, json_of(images, options));
    return 0;
  }
  for (const Outlined& image : images) {
    if (images.size() > 1) context.out << format("{} {}\n", image.outlook.image, image.version);
    context.out << format("{:<24} {:<5} {:>9} {:>8}  {}\n", "step", "state", "time", "size", "why");
    for (const run::OutlookRow& row : image.outlook.rows) print(row, options.all, context.out);
    print_sum(image.outlook.rows, context.out);
  }
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_plan(CLI::App& app) {
  const auto options = std::make_shared<PlanOptions>();
  app.add_option("image", options->images, "Names or files of images")
      ->type_name("IMAGE")
      ->required();
  app.add_flag("--all", options->all, "Give all reasons, however many");
  app.add_flag("--json", options->json,
               "Print the result as JSON, with shards of work for several machines");
  app.add_flag("--fast", options->fast, "As for the build that is planned");
  options->keys.add_to(app);
  app.add_option("--cache-from", options->cache_from, "For the commands of shards; repeatable")
      ->type_name("oci://HOST/REPO")
      ->allow_extra_args(false);
  app.add_option("--cache-key", options->cache_keys, "The same")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--cache-to", options->cache_to, "The same")->type_name("oci://HOST/REPO");
  return [options](const Context& context) { return run_plan(*options, context); };
}

}  // namespace ingot::cli
