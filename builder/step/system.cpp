// SPDX-License-Identifier: Apache-2.0
#include "step/system.hpp"

#include "step/overlay_files.hpp"

namespace ingot::step {
namespace {

void set_units(const Workplace& workplace, const Tree& tree, const std::string& step,
               const std::string& verb, const std::vector<spec::Located>& units) {
  if (units.empty()) return;
  std::vector<std::string> args = {"--quiet", verb};
  for (const spec::Located& unit : units) args.push_back(unit.value);
  run_job(workplace, {.step = step,
                      .place = spec::text_of(units.front().place),
                      .root = tree.root(),
                      .command = {.program = "/usr/bin/systemctl",
                                  .args = std::move(args),
                                  .env = image_environment(workplace),
                                  .why = verb + " units"}});
}

}  // namespace

void run_script(const Workplace& workplace, const Tree& tree, const std::string& step,
                const std::filesystem::path& script,
                const std::map<std::string, std::string>& script_environment) {
  const std::string inside = "/run/ingot/script";
  auto environment = image_environment(workplace);
  environment.insert(script_environment.begin(), script_environment.end());
  run_job(workplace, {.step = step,
                      .place = script.string(),
                      .root = tree.root({{script, inside}}),
                      .command = {.program = inside,
                                  .env = std::move(environment),
                                  .why = "run a script of a layer"}});
}

void apply_system(const Workplace& workplace, const Tree& tree, const SystemRequest& request) {
  const spec::ResolvedLayer& layer = request.layer;
  if (layer.content.files) put_files(workplace, tree, request.step, *layer.content.files);
  if (request.program) put_files(workplace, tree, request.step, *request.program);
  if (layer.content.configure)
    run_script(workplace, tree, request.step, *layer.content.configure, request.environment);
  set_units(workplace, tree, request.step, "enable", layer.units.enable);
  set_units(workplace, tree, request.step, "disable", layer.units.disable);
  set_units(workplace, tree, request.step, "mask", layer.units.mask);
}

}  // namespace ingot::step
