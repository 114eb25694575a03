// SPDX-License-Identifier: Apache-2.0
// `ingot timings`: when each step of a build ran, what it took, and which of them decided the end.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "os/file.hpp"
#include "report/terminal_text.hpp"
#include "run/timings.hpp"

namespace ingot::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::size_t bar_width = 24;
constexpr std::uint64_t largest_file = 64ULL << 20;

struct TimingsOptions {
  std::string what;
  bool json = false;
};

/// A release folder, a file, the name of an image; without any, whatever was built last.
fs::path file_of(const TimingsOptions& options, const Context& context) {
  const fs::path given = context.environment.cwd() / options.what;
  std::error_code failed;
  if (!options.what.empty() && fs::is_directory(given, failed)) return given / "timings.json";
  if (!options.what.empty() && fs::exists(given, failed)) return given;
  const fs::path cache = context.environment.cache_folder();
  if (options.what.empty()) {
    if (const auto newest = run::newest_timings_record(cache)) return *newest;
    throw Error(Fault::input, "nothing was built with the store " + cache.string() +
                                  " yet; name the folder of a release");
  }
  const bool name = options.what.find('/') == std::string::npos;
  if (name && fs::exists(run::timings_record(cache, options.what), failed))
    return run::timings_record(cache, options.what);
  throw Error(Fault::input,
              format("{} is no folder of a release, and no image of that name was built with the "
                     "store {}",
                     report::terminal_text(options.what), cache.string()));
}

std::string bar_of(const run::StepTiming& step, milliseconds wall) {
  const auto column = [&](milliseconds at) {
    const auto whole = std::max<std::int64_t>(wall.count(), 1);
    const std::int64_t place = at.count() * static_cast<std::int64_t>(bar_width) / whole;
    return std::min(static_cast<std::size_t>(place), bar_width - 1);
  };
  const std::size_t first = column(step.started);
  const std::size_t last = std::max(first, column(step.ended));
  return std::string(first, '.') + std::string(last - first + 1, '#') +
         std::string(bar_width - 1 - last, '.');
}

using Path = std::vector<const run::StepTiming*>;

std::string row_of(const run::StepTiming& step, const run::Timings& timings, const Path& path) {
  const bool decides = std::find(path.begin(), path.end(), &step) != path.end();
  return format("{} {:<24} {:<7} {:>9} {:>9} {:>9} {:>8} {:>8}  {}\n", decides ? "*" : " ",
                report::terminal_text(step.name), report::terminal_text(step.outcome),
                seconds_text(step.started), seconds_text(step.took()),
                step.usage ? seconds_text(step.usage->cpu) : "-",
                step.usage ? human(step.usage->peak_memory) : "-",
                step.size ? human(*step.size) : "-", bar_of(step, timings.wall));
}

std::string table_of(const run::Timings& timings) {
  const Path path = run::critical_path(timings);
  std::string text = format("  {:<24} {:<7} {:>9} {:>9} {:>9} {:>8} {:>8}\n", "step", "outcome",
                            "start", "time", "CPU", "memory", "size");
  milliseconds sum{0};
  milliseconds cpu = timings.own.cpu;
  for (const run::StepTiming& step : timings.steps) {
    sum += step.took();
    if (step.usage) cpu += step.usage->cpu;
    text += row_of(step, timings, path);
  }
  text += format("{} {}: {} in all, {} of steps beside each other, {} of processor time\n",
                 report::terminal_text(timings.image), report::terminal_text(timings.version),
                 seconds_text(timings.wall), seconds_text(sum), seconds_text(cpu));
  text += format("ingot itself: {} of processor time, at most {} of memory\n",
                 seconds_text(timings.own.cpu), human(timings.own.peak_memory));
  milliseconds decided{0};
  std::string names;
  for (const run::StepTiming* step : path) {
    decided += step->took();
    names += (names.empty() ? "" : " -> ") + report::terminal_text(step->name);
  }
  if (!path.empty()) text += format("critical path (*), {}: {}\n", seconds_text(decided), names);
  return text;
}

std::string json_of(const run::Timings& timings) {
  auto json = nlohmann::ordered_json::parse(run::timings_json(timings));
  json["critical-path"] = nlohmann::ordered_json::array();
  for (const run::StepTiming* step : run::critical_path(timings))
    json["critical-path"].push_back(step->name);
  return json.dump(1) + "\n";
}

int run_timings(const TimingsOptions& options, const Context& context) {
  const fs::path file = file_of(options, context);
  const run::Timings timings = during("reading " + file.string(), [&] {
    run::Timings read = run::parse_timings(os::read_file(file, largest_file));
    std::stable_sort(read.steps.begin(), read.steps.end(),
                     [](const auto& a, const auto& b) { return a.started < b.started; });
    return read;
  });
  print_result(context.out, options.json ? json_of(timings) : table_of(timings));
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_timings(CLI::App& app) {
  const auto options = std::make_shared<TimingsOptions>();
  app.add_option("what", options->what,
                 "Folder of a release, or an image that was built here (default: the last build)");
  app.add_flag("--json", options->json, "Print the result as JSON");
  return [options](const Context& context) { return run_timings(*options, context); };
}

}  // namespace ingot::cli
