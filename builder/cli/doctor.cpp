// SPDX-License-Identifier: Apache-2.0
// `ingot doctor`: can this host build, test and verify, and if not, what mends it?
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "cli/verb.hpp"
#include "run/doctor.hpp"

namespace ingot::cli {
namespace {

struct DoctorOptions {
  std::string image;
  std::string purpose;
  std::string output = "out";
  std::vector<std::string> mirrors;
  bool offline = false;
  bool json = false;
};

using Purposes = std::vector<run::Purpose>;

Purposes purposes_of(const std::string& word) {
  if (word == "lock") return {run::Purpose::lock};
  if (word == "test") return {run::Purpose::test};
  if (word == "verify") return {run::Purpose::verify};
  if (word == "all")
    return {run::Purpose::lock, run::Purpose::build, run::Purpose::test, run::Purpose::verify};
  return {run::Purpose::build};
}

bool serves(const run::Finding& finding, const Purposes& purposes) {
  return std::any_of(finding.needed_for.begin(), finding.needed_for.end(), [&](auto purpose) {
    return std::find(purposes.begin(), purposes.end(), purpose) != purposes.end();
  });
}

std::vector<std::string> names_of(const Purposes& purposes) {
  std::vector<std::string> names;
  for (const run::Purpose purpose : purposes) names.emplace_back(name_of(purpose));
  return names;
}

void print_json(const std::vector<run::Finding>& findings, const Purposes& purposes,
                std::ostream& out) {
  nlohmann::ordered_json result;
  result["schema"] = "ingot/doctor/v1";
  result["for"] = names_of(purposes);
  result["fit"] = run::fit_for(findings, purposes);
  result["rows"] = nlohmann::ordered_json::array();
  for (const run::Finding& finding : findings) {
    result["rows"].push_back({{"id", finding.id},
                              {"state", name_of(finding.state)},
                              {"found", finding.found},
                              {"neededFor", names_of(finding.needed_for)},
                              {"fix", finding.fix}});
  }
  out << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_text(const std::vector<run::Finding>& findings, const Purposes& purposes,
                std::ostream& out) {
  for (const run::Finding& finding : findings) {
    out << format("{:<8} {:<30} {}\n", name_of(finding.state), finding.id, finding.found);
    if (finding.state == run::FindingState::ok) continue;
    out << format("{:<8} needed for: {}\n", "", joined(names_of(finding.needed_for), ", "));
    if (!finding.fix.empty()) out << format("{:<8} fix: {}\n", "", finding.fix);
  }
  const auto count = [&](run::FindingState state) {
    return std::count_if(findings.begin(), findings.end(),
                         [&](const run::Finding& finding) { return finding.state == state; });
  };
  out << format("{} missing, {} warnings; {} can {}run here\n", count(run::FindingState::missing),
                count(run::FindingState::warning), joined(names_of(purposes), ", "),
                run::fit_for(findings, purposes) ? "" : "not ");
}

int run_doctor(const DoctorOptions& options, const Context& context) {
  run::DoctorRequest request{
      .project = context.project,
      .image = {},
      .output = (context.environment.cwd() / options.output).lexically_normal(),
      .mirrors = options.mirrors,
      .offline = options.offline,
      .try_kvm = options.purpose != "lock" && options.purpose != "build"};
  if (!options.image.empty()) request.image = options.image;
  std::vector<run::Finding> findings =
      run::examine(request, context.environment, os::SystemRunner());
  const Purposes purposes = purposes_of(options.purpose);
  if (!options.purpose.empty()) {
    std::erase_if(findings, [&](const run::Finding& one) { return !serves(one, purposes); });
  }
  if (options.json) {
    print_json(findings, purposes, context.out);
  } else {
    print_text(findings, purposes, context.out);
  }
  return run::fit_for(findings, purposes) ? 0 : exit_code(Fault::environment);
}

}  // namespace

std::function<int(const Context&)> add_doctor(CLI::App& app) {
  const auto options = std::make_shared<DoctorOptions>();
  app.add_option("image", options->image,
                 "Image whose lock and release say how much room is needed")
      ->type_name("IMAGE");
  app.add_option("--for", options->purpose,
                 "lock, build, test, verify or all: show and judge only what that needs (default: "
                 "show all, judge by what a build needs)")
      ->check(CLI::IsMember({"lock", "build", "test", "verify", "all"}));
  app.add_option("-o,--output", options->output, "Folder that receives <image>-<version>/")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--mirror", options->mirrors,
                 "Mirror of an archive, may be repeated (default: those of the host's apt)")
      ->type_name("[ARCHIVE=]URL")
      ->allow_extra_args(false);
  app.add_flag("--offline", options->offline, "Ask no mirror");
  app.add_flag("--json", options->json, "Print the result as JSON");
  return [options](const Context& context) { return run_doctor(*options, context); };
}

}  // namespace ingot::cli
