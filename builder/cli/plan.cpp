// SPDX-License-Identifier: Apache-2.0
// `ingot plan`: the steps of a build, and which of them the store already has.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "run/build.hpp"
#include "run/definitions.hpp"
#include "store/store.hpp"

namespace ingot::cli {
namespace {

struct PlanOptions {
  std::string image;
};

int run_plan(const PlanOptions& options, const Context& context) {
  const spec::ResolvedImage image = run::load_image(context.project, options.image);
  const auto lock = run::load_lock(image);
  if (!lock)
    throw Error(Fault::difference, image.name + " has no lock; `ingot lock " + image.name + "` makes it");
  const std::filesystem::path cache = context.environment.cache_folder();
  const plan::Plan plan = run::plan_image(image, *lock, run::load_signing_keys({}, cache));
  const store::Store store(cache);
  for (const plan::Step& step : plan.steps) {
    const bool hit = store.find_entry(step.key).has_value();
    context.out << format("{:<28} {:<5} {}\n", step.name, hit ? "hit" : "miss",
                          step.key.hex().substr(0, 16));
  }
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_plan(CLI::App& app) {
  const auto options = std::make_shared<PlanOptions>();
  app.add_option("image", options->image, "Name or file of an image")->required();
  return [options](const Context& context) { return run_plan(*options, context); };
}

}  // namespace ingot::cli
