// SPDX-License-Identifier: Apache-2.0
// `ingot plan`: the steps of a build, which of them the store already has, and why not the others.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "crypto/hasher.hpp"
#include "run/build.hpp"
#include "run/definitions.hpp"
#include "run/plan_outlook.hpp"
#include "store/store.hpp"

namespace ingot::cli {
namespace {

constexpr std::size_t reasons_shown = 4;

struct PlanOptions {
  std::string image;
  bool json = false;
  bool all = false;
};

std::string json_of(const spec::ResolvedImage& image, const std::vector<run::OutlookRow>& rows) {
  nlohmann::json steps = nlohmann::json::array();
  for (const run::OutlookRow& row : rows) {
    nlohmann::json step = {
        {"step", row.step}, {"outlook", run::name_of(row.outlook)}, {"reasons", row.reasons}};
    if (row.key) step["key"] = row.key->hex();
    if (row.time) step["last-milliseconds"] = row.time->count();
    steps.push_back(step);
  }
  return nlohmann::json{{"schema", "ingot/plan/v1"},
                        {"image", image.name},
                        {"version", image.version},
                        {"steps", steps}}
             .dump(1, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

void print(const run::OutlookRow& row, bool all, std::ostream& out) {
  const std::string time =
      row.time ? format("{:.1f} s", static_cast<double>(row.time->count()) / 1000) : "-";
  const std::string first = row.reasons.empty() ? "" : row.reasons.front();
  out << format("{:<24} {:<5} {:>9}  {}\n", row.step, run::name_of(row.outlook), time, first);
  for (std::size_t i = 1; i < row.reasons.size(); ++i) {
    if (!all && i == reasons_shown) {
      out << format("{:<42}and {} more reasons\n", "", row.reasons.size() - i);
      return;
    }
    out << format("{:<42}{}\n", "", row.reasons[i]);
  }
}

int run_plan(const PlanOptions& options, const Context& context) {
  const spec::ResolvedImage image = run::load_image(context.project, options.image);
  const auto lock = run::load_lock(image);
  if (!lock)
    throw Error(Fault::difference,
                image.name + " has no lock; `ingot lock " + image.name + "` makes it");
  const std::filesystem::path cache = context.environment.cache_folder();
  const run::SigningKeys keys = run::load_signing_keys({}, cache);
  const plan::Plan plan = run::plan_image(image, *lock, keys);
  const store::Store store(cache);
  const auto rows = run::plan_outlook(image, *lock, plan, keys,
                                      crypto::digest_of_file(context.environment.executable()),
                                      store, context.report);
  if (options.json) {
    context.out << json_of(image, rows);
    return 0;
  }
  context.out << format("{:<24} {:<5} {:>9}  {}\n", "step", "state", "last time", "why");
  for (const run::OutlookRow& row : rows) print(row, options.all, context.out);
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_plan(CLI::App& app) {
  const auto options = std::make_shared<PlanOptions>();
  app.add_option("image", options->image, "Name or file of an image")->required();
  app.add_flag("--all", options->all, "Give all reasons, however many");
  app.add_flag("--json", options->json, "Print the result as JSON");
  return [options](const Context& context) { return run_plan(*options, context); };
}

}  // namespace ingot::cli
