// SPDX-License-Identifier: Apache-2.0
#include "step/program.hpp"

namespace ingot::step {

std::map<std::string, std::string> script_facts(const spec::ResolvedImage& image) {
  std::map<std::string, std::string> facts = {{"INGOT_IMAGE", image.name},
                                              {"INGOT_IMAGE_VERSION", image.version},
                                              {"INGOT_ARCHITECTURE", image.architecture}};
  if (image.kernel) {
    facts["INGOT_KERNEL_RELEASE"] = image.kernel->release;
    facts["INGOT_KERNEL_COMPILER"] = image.kernel->compiler;
  }
  if (image.driver) {
    facts["INGOT_DRIVER_VERSION"] = image.driver->version;
    facts["INGOT_DRIVER_FLAVOUR"] = spec::name_of(image.driver->flavour);
  }
  return facts;
}

void build_program(const Workplace& workplace, const std::filesystem::path& build_root,
                   store::Stage& stage, const spec::ResolvedLayer& layer,
                   const std::map<std::string, std::string>& facts) {
  const std::string sources = "/run/ingot/source";
  const std::string script = "/run/ingot/build";
  std::vector<os::Bind> binds = {
      {*layer.content.build, script},
      {stage.folder(), "/run/ingot/out", os::Access::read_write}};
  if (layer.content.src)
    binds.push_back({*layer.content.src, sources + "/layers/" + layer.name + "/src"});

  auto environment = build_environment(workplace);
  environment.insert(facts.begin(), facts.end());
  environment.insert(layer.environment.begin(), layer.environment.end());
  environment["INGOT_SRC"] = sources;
  environment["INGOT_OUT"] = "/run/ingot/out";
  run_job(workplace, {.step = "program/" + layer.name,
                      .place = layer.content.build->string(),
                      .root = {.lowers = {build_root}, .binds = std::move(binds)},
                      .command = {.program = script,
                                  .env = std::move(environment),
                                  .why = "build the layer's programs"}});
}

}  // namespace ingot::step
