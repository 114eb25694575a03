// SPDX-License-Identifier: Apache-2.0
#include "cli/cli.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <new>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "os/clock.hpp"
#include "os/sandbox.hpp"
#include "report/sinks.hpp"

namespace ingot::cli {
namespace {

struct Verb {
  const char* name;
  const char* summary;
  AddVerb add;
};

// Rows are enabled as one line per verb so that the table reads like the help text.
constexpr Verb verbs[] = {
    // VERB-TABLE
    {"build", "Build an image: a signed release folder", add_build},
    {"cache", "Remove what was fetched and built", add_cache},
    {"cat", "Print a file of a release's tree", add_cat},
    {"check", "Check definitions and list every fault", add_check},
    {"diff", "Show in what two releases differ", add_diff},
    {"doctor", "Say what this host lacks for building and testing, and what mends it", add_doctor},
    {"fetch", "Bring everything that a lock names into the store", add_fetch},
    {"inspect", "Show what a disk image holds", add_inspect},
    {"keygen", "Make keys that sign releases and kernel modules", add_keygen},
    {"lock", "Resolve packages and write the lock of an image", add_lock},
    {"ls", "List the files of a release's tree", add_ls},
    {"matrix", "Show or try which kernels and drivers fit together", add_matrix},
    {"plan", "Show the steps of a build and which are already done", add_plan},
    {"test", "Boot a release in QEMU and judge its self-test", add_test},
    {"timings", "Show what the steps of a build took", add_timings},
    {"verify", "Check a release against a public key", add_verify},
    {nullptr, nullptr, nullptr},
};

/// What to do when a disk is full; nothing for other failures.
std::string space_advice(const Error& error, const os::Environment& environment) {
  const std::string_view text = error.message();
  const bool full = error.fault() == Fault::io &&
                    (text.find(no_space_left) != std::string_view::npos ||
                     text.find("Disk quota exceeded") != std::string_view::npos);
  if (!full) return {};
  constexpr std::string_view first =
      "  a disk is full: make room where it says so, or name larger places with --output and "
      "INGOT_CACHE\n";
  std::filesystem::path store;
  try {
    store = environment.cache_folder();
  } catch (const Error&) {
    return std::string(first);  // no home, no store
  }
  std::error_code failed;
  const auto space = std::filesystem::space(store, failed);
  const std::string left = failed ? "" : format(" ({} free)", human(Bytes{space.available}));
  return format(
      "{}  the store is {}{}; `ingot cache gc` makes it smaller, and what is missing is made "
      "again\n",
      first, store.string(), left);
}

report::Surroundings surroundings_of(const os::Environment& environment) {
  const std::string terminal = environment.get_or("TERM", "dumb");
  return {.terminal_moves = terminal != "dumb",
          .colour = environment.get_or("NO_COLOR", "").empty()};
}

int run_verb(const std::vector<std::string>& arguments, const os::Environment& environment,
             std::ostream& out, std::ostream& err) {
  CLI::App app{"Builds bare-metal GPU node images that prove themselves at boot", "ingot"};
  app.set_version_flag("--version", std::string("ingot ") + INGOT_VERSION);
  app.require_subcommand(1);
  std::string project = ".";
  std::string progress = "auto";
  app.add_option("-C,--directory", project, "Folder that holds images/, layers/ and kernels/");
  app.add_option("--progress", progress, "auto, tty, plain, json or none");

  std::map<CLI::App*, std::function<int(const Context&)>> chosen;
  for (const Verb& verb : verbs) {
    if (verb.name == nullptr) break;
    CLI::App* sub = app.add_subcommand(verb.name, verb.summary);
    sub->fallthrough();
    chosen[sub] = verb.add(*sub);
  }

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    const bool wanted = error.get_exit_code() == 0;  // --help and --version
    const int code = app.exit(error, out, err);
    return wanted ? code : exit_code(Fault::input);
  }

  const report::Surroundings surroundings = surroundings_of(environment);
  const auto style = report::style_of(progress, surroundings, err);
  if (!style)
    throw Error(Fault::input,
                "--progress takes auto, tty, plain, json or none, not '" + progress + "'");
  CLI::App* const verb = app.get_subcommands().front();
  const std::unique_ptr<Report> report = report::make_report(
      *style, err, {verb->get_name(), os::system_clock().unix_time()}, surroundings);
  const Context context{environment, out, err, *report,
                        std::filesystem::weakly_canonical(environment.cwd() / project)};
  return chosen.at(verb)(context);
}

}  // namespace

int run(const std::vector<std::string>& arguments, const os::Environment& environment,
        std::ostream& out, std::ostream& err) {
  if (arguments == std::vector<std::string>{"sandbox-init"}) return os::sandbox_init();
  try {
    return run_verb(arguments, environment, out, err);
  } catch (const Interrupted& stop) {
    err << "ingot: stopped by signal " << stop.signal() << "\n";
    return 128 + stop.signal();
  } catch (const Error& error) {
    err << "ingot: " << error.what() << "\n" << space_advice(error, environment);
    return exit_code(error.fault());
  } catch (const std::filesystem::filesystem_error& error) {
    const Error ours(Fault::io, error.what());
    err << "ingot: " << ours.what() << "\n" << space_advice(ours, environment);
    return exit_code(ours.fault());
  } catch (const std::bad_alloc&) {
    err << "ingot: the machine has no memory left for this\n";
    return exit_code(Fault::environment);
  } catch (const std::exception& error) {
    err << "ingot: internal error (this is a bug): " << error.what() << "\n";
    return exit_code(Fault::internal);
  }
}

}  // namespace ingot::cli
