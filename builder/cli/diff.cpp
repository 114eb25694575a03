// SPDX-License-Identifier: Apache-2.0
// `ingot diff`: in what do these two releases differ?
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "cli/difference_json.hpp"
#include "cli/difference_text.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "run/release_comparison.hpp"

namespace ingot::cli {
namespace {

struct DiffRequest {
  std::string a;
  std::string b;
  std::string only;
  std::vector<std::string> ignored;
  bool json = false;
};

std::vector<std::string> section_names() {
  std::vector<std::string> names;
  for (const run::Section section : run::all_sections) names.emplace_back(name_of(section));
  return names;
}

std::set<run::Section> chosen_sections(const std::string& only) {
  if (only.empty()) return {run::all_sections.begin(), run::all_sections.end()};
  std::set<run::Section> chosen;
  for (const std::string& name : split(only, ',')) {
    const auto section = run::section_of(name);
    if (!section) {
      const auto meant = nearest(name, section_names());
      throw Error(Fault::input, format("--only takes {}; not '{}'{}", joined(section_names(), ", "),
                                       name, meant ? "; did you mean " + *meant + "?" : ""));
    }
    chosen.insert(*section);
  }
  return chosen;
}

/// A script that asks for a section must not take its absence for equality.
void require_something(const run::ReleaseDifference& difference) {
  std::string reasons;
  for (const run::Section section : run::all_sections)
    if (difference.was_compared(section)) return;
  for (const run::NotCompared& skipped : difference.not_compared)
    reasons += format("\n  {}: {}", name_of(skipped.section), skipped.reason);
  throw Error(Fault::input, "nothing of it can be compared:" + reasons);
}

int run_diff(const DiffRequest& request, const Context& context) {
  const std::filesystem::path cwd = context.environment.cwd();
  const run::ReleaseDifference difference =
      run::compare_releases({.a = (cwd / request.a).lexically_normal(),
                             .b = (cwd / request.b).lexically_normal(),
                             .sections = chosen_sections(request.only),
                             .ignored = request.ignored});
  require_something(difference);
  print_result(context.out, request.json ? json_text_of(difference) : text_of(difference));
  return difference.equal() ? 0 : exit_code(Fault::difference);
}

}  // namespace

std::function<int(const Context&)> add_diff(CLI::App& app) {
  auto request = std::make_shared<DiffRequest>();
  app.add_option("a", request->a, "Folder of a release, a rootfs tar or an *.mtree")
      ->required()
      ->type_name("A");
  app.add_option("b", request->b, "The other one")->required()->type_name("B");
  app.add_option("--only", request->only, joined(section_names(), ","))->type_name("SECTION,...");
  app.add_option("--ignore", request->ignored,
                 "Paths of the tree that do not count, with all below them; may be repeated")
      ->allow_extra_args(false)
      ->type_name("GLOB");
  app.add_flag("--json", request->json, "Print the result as JSON");
  return [request](const Context& context) { return run_diff(*request, context); };
}

}  // namespace ingot::cli
