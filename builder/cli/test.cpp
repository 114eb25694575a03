// SPDX-License-Identifier: Apache-2.0
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/accelerator.hpp"
#include "cli/verb.hpp"
#include "os/network.hpp"
#include "run/boot_test.hpp"

namespace ingot::cli {
namespace {

struct TestOptions {
  std::string release;
  std::vector<std::string> formats;
  std::string accelerator = "auto";
  unsigned timeout = 0;
  unsigned memory = 0;
  unsigned cpus = 2;
  std::string keep;
  std::string kernel_line_extra;
};

run::BootTestRequest request_of(const TestOptions& options, const Context& context) {
  const boot::AcceleratorChoice accelerator = accelerator_named(options.accelerator);
  run::BootTestRequest request;
  request.release = context.environment.cwd() / options.release;
  request.accelerator = accelerator;
  request.timeout = std::chrono::seconds(options.timeout);
  request.memory = Bytes{static_cast<std::uint64_t>(options.memory) << 20};
  request.cpus = options.cpus;
  request.kernel_line_extra = options.kernel_line_extra;
  if (!options.keep.empty()) request.keep = context.environment.cwd() / options.keep;
  for (const std::string& name : options.formats) {
    if (name != "netboot" && name != "disk") {
      throw Error(Fault::input, format("--format takes netboot or disk, not '{}'", name));
    }
    request.formats.push_back(name == "disk" ? run::BootFormat::disk : run::BootFormat::netboot);
  }
  return request;
}

int run_test(const TestOptions& options, const Context& context) {
  const run::BootTestRequest request = request_of(options, context);
  try {
    os::enter_private_network();
  } catch (const Error& error) {
    context.report.warning(
        format("the node under test shares this machine's network: {}", error.message()));
  }
  const std::vector<run::BootResult> results =
      run::test_release(request, context.environment, context.report);
  for (const run::BootResult& result : results) context.out << result.summary << "\n";
  const auto bad = std::find_if(results.begin(), results.end(), [](const run::BootResult& result) {
    return result.record.judged.verdict != run::BootClass::passed;
  });
  if (bad == results.end()) return 0;
  context.err << "see " << (bad->folder / "serial.log").string() << "\n";
  return exit_code(Fault::test_failed);
}

}  // namespace

std::function<int(const Context&)> add_test(CLI::App& app) {
  const auto options = std::make_shared<TestOptions>();
  app.add_option("release", options->release, "Folder of the release: out/<image>-<version>")
      ->required();
  app.add_option("--format", options->formats,
                 "netboot or disk; may be given twice (default: all that the release has)")
      ->allow_extra_args(false);
  app.add_option("--accel", options->accelerator,
                 "auto, kvm or tcg; auto takes KVM only after a probe boot")
      ->capture_default_str();
  app.add_option("--timeout", options->timeout,
                 "Seconds for one boot (default: 300 with KVM, 900 without)")
      ->check(CLI::Range(1U, 86'400U));
  app.add_option("--memory", options->memory,
                 "MiB of the machine (default: 2048, for netboot plus the root image)")
      ->check(CLI::Range(256U, 1U << 20));
  app.add_option("--cpus", options->cpus, "Processors of the machine")
      ->check(CLI::Range(1U, 255U))
      ->capture_default_str();
  app.add_option("--keep", options->keep, "Folder to which the machine's scratch files are copied");
  app.add_option("--kernel-line-extra", options->kernel_line_extra,
                 "For experiments: words added to the kernel line, which systemd-stub takes from "
                 "the machine while Secure Boot is off");
  return [options](const Context& context) { return run_test(*options, context); };
}

}  // namespace ingot::cli
