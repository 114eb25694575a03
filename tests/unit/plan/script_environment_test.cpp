// SPDX-License-Identifier: Apache-2.0
#include "plan/script_environment.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("scripts are told of kernel and driver when their layer needs them") {
  spec::ResolvedImage image;
  image.architecture = "amd64";
  image.kernel = spec::Kernel{};
  image.kernel->release = "6.12.1";
  image.kernel->compiler = "gcc-14";
  image.driver = spec::ResolvedDriver{};
  image.driver->version = "550.1";
  spec::ResolvedLayer layer;
  layer.environment = {{"INGOT_OPTION_X", "1"}};
  using Map = std::map<std::string, std::string>;
  CHECK(plan::script_environment(image, layer) ==
        Map{{"INGOT_ARCHITECTURE", "amd64"}, {"INGOT_OPTION_X", "1"}});
  layer.needs_kernel = true;
  CHECK(plan::script_environment(image, layer).at("INGOT_KERNEL_RELEASE") == "6.12.1");
  CHECK(plan::script_environment(image, layer).at("INGOT_KERNEL_COMPILER") == "gcc-14");
  CHECK_FALSE(plan::script_environment(image, layer).contains("INGOT_DRIVER_VERSION"));
  layer.needs_driver = true;
  CHECK(plan::script_environment(image, layer).at("INGOT_DRIVER_VERSION") == "550.1");
  CHECK(plan::script_environment(image, layer).at("INGOT_DRIVER_FLAVOUR") == "open");
}
