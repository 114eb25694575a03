// SPDX-License-Identifier: Apache-2.0
#include "plan/script_environment.hpp"

namespace ingot::plan {

std::map<std::string, std::string> script_environment(const spec::ResolvedImage& image,
                                                      const spec::ResolvedLayer& layer) {
  std::map<std::string, std::string> environment = {{"INGOT_ARCHITECTURE", image.architecture}};
  if (layer.needs_kernel && image.kernel) {
    environment["INGOT_KERNEL_RELEASE"] = image.kernel->release;
    environment["INGOT_KERNEL_COMPILER"] = image.kernel->compiler;
  }
  if (layer.needs_driver && image.driver) {
    environment["INGOT_DRIVER_VERSION"] = image.driver->version;
    environment["INGOT_DRIVER_FLAVOUR"] = spec::name_of(image.driver->flavour);
  }
  environment.insert(layer.environment.begin(), layer.environment.end());
  return environment;
}

}  // namespace ingot::plan
