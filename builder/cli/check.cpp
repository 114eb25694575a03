// SPDX-License-Identifier: Apache-2.0
// `ingot check`: every fault of the definitions, or that there is none.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <set>

#include "base/error.hpp"
#include "cli/verb.hpp"
#include "spec/project.hpp"

namespace ingot::cli {
namespace {

struct CheckOptions {
  std::vector<std::string> images;
};

int run_check(const CheckOptions& options, const Context& context) {
  spec::Diagnostics diagnostics;
  std::set<std::string> files;
  for (const std::string& image : options.images) {
    const auto read = spec::resolve(context.project, image, diagnostics).files;
    files.insert(read.begin(), read.end());
  }
  if (options.images.empty()) {
    const auto read = spec::load_all(context.project, diagnostics).files;
    files.insert(read.begin(), read.end());
  }
  if (!diagnostics.empty()) {
    context.err << diagnostics.render() << "\n";
    return exit_code(Fault::input);
  }
  context.out << files.size() << (files.size() == 1 ? " definition is" : " definitions are")
              << " sound\n";
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_check(CLI::App& app) {
  auto options = std::make_shared<CheckOptions>();
  app.add_option("image", options->images, "Images to check; the whole project when none is named")
      ->type_name("IMAGE");
  return [options](const Context& context) { return run_check(*options, context); };
}

}  // namespace ingot::cli
