// SPDX-License-Identifier: Apache-2.0
// `ingot matrix`: which kernels and drivers fit together; tries it for real.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "cli/accelerator.hpp"
#include "cli/verb.hpp"
#include "os/file.hpp"
#include "os/sandbox.hpp"
#include "os/user_namespace.hpp"
#include "run/matrix.hpp"
#include "run/matrix_table.hpp"
#include "spec/project.hpp"

namespace ingot::cli {
namespace {

constexpr const char* matrix_file = "kernels/matrix.yaml";
constexpr const char* readme_file = "kernels/README.md";

struct MatrixOptions {
  std::vector<std::string> pairs;
  std::vector<std::string> mirrors;
  std::string format = "disk";
  std::string accelerator = "auto";
  std::string work = "out/matrix";
  std::string output;
  bool build = false;
  bool boot = false;
  bool write = false;
  bool json = false;
  bool locked = false;
  bool offline = false;
};

std::vector<spec::Pair> load_pairs(const Context& context) {
  spec::Diagnostics diagnostics;
  std::vector<spec::Pair> pairs = spec::load_matrix(context.project, diagnostics);
  diagnostics.throw_if_any();
  if (pairs.empty()) throw Error(Fault::input, format("there are no pairs in {}", matrix_file));
  return pairs;
}

/// Those named, in the order of the file; all when none is named.
std::vector<spec::Pair> chosen(const std::vector<spec::Pair>& all,
                               const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const spec::Pair& pair : all) known.push_back(name_of(pair));
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw Error(Fault::input,
                format("{} has no pair '{}'; it has {}", matrix_file, name, joined(known, ", ")));
  }
  std::vector<spec::Pair> pairs;
  for (const spec::Pair& pair : all)
    if (names.empty() || std::find(names.begin(), names.end(), name_of(pair)) != names.end())
      pairs.push_back(pair);
  return pairs;
}

std::vector<run::TriedPair> try_them(std::vector<spec::Pair> pairs, const MatrixOptions& options,
                                     const Context& context) {
  const boot::AcceleratorChoice accelerator = accelerator_named(options.accelerator);
  if (options.format != "disk" && options.format != "netboot")
    throw Error(Fault::input, format("--format takes netboot or disk, not '{}'", options.format));
  run::MatrixRequest request{
      .project = context.project,
      .pairs = std::move(pairs),
      .boot = options.boot,
      .format = options.format == "disk" ? run::BootFormat::disk : run::BootFormat::netboot,
      .accelerator = accelerator,
      .work = context.environment.cwd() / options.work,
      .locked = options.locked,
      .fetch = {}};
  request.fetch.offline = options.offline;
  os::enter_user_namespace(context.environment);
  os::enter_private_mounts();
  const os::SystemRunner runner;
  const store::Store store(context.environment.cache_folder());
  run::Mirrors mirrors(options.mirrors, context.environment, runner);
  return run::try_pairs(request, mirrors, store, runner, context.environment, context.report);
}

/// What was found takes its place in the same rows. Trials take long: rows may have been written
/// since they were read.
void write_back(const std::vector<run::TriedPair>& tried, const Context& context) {
  std::vector<spec::Pair> all = load_pairs(context);
  for (spec::Pair& pair : all)
    for (const run::TriedPair& one : tried)
      if (name_of(one.pair) == name_of(pair)) {
        pair.tested = one.pair.tested;
        pair.found = one.pair.found;
      }
  const auto file = context.project / matrix_file;
  const auto readme = context.project / readme_file;
  const std::string text = run::with_matrix(os::read_file(readme), run::matrix_markdown(all));
  os::write_file(file, spec::matrix_text(os::read_file(file), all));
  os::write_file(readme, text);
}

int exit_code_of(const std::vector<run::TriedPair>& tried) {
  for (const run::TriedPair& one : tried)
    if (one.fault) return exit_code(*one.fault);
  const bool bad = std::any_of(tried.begin(), tried.end(),
                               [](const run::TriedPair& one) { return !one.complaint.empty(); });
  return bad ? exit_code(Fault::test_failed) : 0;
}

int run_matrix(const MatrixOptions& options, const Context& context) {
  const std::vector<spec::Pair> pairs = chosen(load_pairs(context), options.pairs);
  std::vector<run::TriedPair> tried;
  if (options.build || options.boot)
    tried = try_them(pairs, options, context);
  else
    for (const spec::Pair& pair : pairs) tried.push_back({pair, {}, {}});
  if (options.write) write_back(tried, context);
  const std::string table = options.json ? run::matrix_json(tried) : run::matrix_table(tried);
  if (options.output.empty())
    context.out << table;
  else
    os::write_file(context.environment.cwd() / options.output, table);
  return exit_code_of(tried);
}

}  // namespace

std::function<int(const Context&)> add_matrix(CLI::App& app) {
  const auto options = std::make_shared<MatrixOptions>();
  app.add_flag("--build", options->build, "Compile, sign and check the modules of each pair");
  app.add_flag("--boot", options->boot, "Build the image of each pair that builds, and boot it");
  app.add_option("--pair", options->pairs, "Only this pair; repeatable")
      ->type_name("KERNEL/DRIVER/FLAVOUR")
      ->allow_extra_args(false);
  app.add_flag("--write", options->write,
               "Write what was found to kernels/matrix.yaml and the table of kernels/README.md");
  app.add_option("-o,--output", options->output, "Write the table to a file")->type_name("FILE");
  app.add_flag("--json", options->json, "The table as JSON");
  app.add_option("--work", options->work, "Folder for logs, images and boot results")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--format", options->format, "What is booted: disk or netboot")
      ->capture_default_str();
  app.add_option("--accel", options->accelerator, "For booting: auto, kvm or tcg")
      ->capture_default_str();
  app.add_flag("--locked", options->locked, "Only pairs that the lock of their image fits");
  app.add_flag("--offline", options->offline, "Use no network: only the store");
  app.add_option("--mirror", options->mirrors,
                 "Mirror of an archive, may be repeated (default: those of the host's apt)")
      ->type_name("[ARCHIVE=]URL")
      ->allow_extra_args(false);
  return [options](const Context& context) { return run_matrix(*options, context); };
}

}  // namespace ingot::cli
