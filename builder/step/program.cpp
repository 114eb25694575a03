// SPDX-License-Identifier: Apache-2.0
#include "step/program.hpp"

namespace ingot::step {

void build_program(const Workplace& workplace, const BuildRoot& build_root, store::Stage& stage,
                   const spec::ResolvedLayer& layer,
                   const std::map<std::string, std::string>& script_environment) {
  const std::string sources = "/run/ingot/source";
  const std::string script = "/run/ingot/build";
  std::vector<os::Bind> binds = {{*layer.content.build, script},
                                 {stage.folder(), "/run/ingot/out", os::Access::read_write}};
  if (layer.content.src)
    binds.push_back({*layer.content.src, sources + "/layers/" + layer.name + "/src"});

  for (os::Bind& bind : hiding_binds(build_root.hidden, stage)) binds.push_back(std::move(bind));

  auto environment = build_environment(workplace);
  environment.insert(script_environment.begin(), script_environment.end());
  environment["INGOT_SRC"] = sources;
  environment["INGOT_OUT"] = "/run/ingot/out";
  run_job(workplace, {.step = "program/" + layer.name,
                      .place = layer.content.build->string(),
                      .root = {.lowers = build_root.lowers, .binds = std::move(binds)},
                      .command = {.program = script,
                                  .env = std::move(environment),
                                  .why = "build the layer's programs"}});
}

}  // namespace ingot::step
