// SPDX-License-Identifier: Apache-2.0
#include "run/timings.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr const char* schema = "ingot/timings/v2";
constexpr std::string_view ending = ".json";

fs::path records_in(const fs::path& cache) { return cache / "records" / "timings"; }

Json json_of(const os::Usage& usage) {
  return {{"cpu-milliseconds", usage.cpu.count()}, {"peak-memory", usage.peak_memory.count}};
}

os::Usage usage_of(const Json& json) {
  return {milliseconds(json.at("cpu-milliseconds").get<std::int64_t>()),
          Bytes{json.at("peak-memory").get<std::uint64_t>()}};
}

Json json_of(const StepTiming& step) {
  Json json = {{"name", step.name},           {"kind", step.kind},
               {"outcome", step.outcome},     {"started", step.started.count()},
               {"ended", step.ended.count()}, {"milliseconds", step.took().count()}};
  if (step.usage) json["commands"] = json_of(*step.usage);
  if (step.size) json["bytes"] = step.size->count;
  json["after"] = step.after;
  return json;
}

/// Beyond a year nothing is a time, and sums must not run over.
milliseconds time_of(const Json& json) {
  const auto count = json.get<std::int64_t>();
  constexpr std::int64_t year = 366LL * 24 * 3600 * 1000;
  if (count < 0 || count > year) throw Error(Fault::input, "a time is out of range");
  return milliseconds(count);
}

StepTiming step_of(const Json& json) {
  StepTiming step{.name = json.at("name").get<std::string>(),
                  .kind = json.at("kind").get<std::string>(),
                  .outcome = json.at("outcome").get<std::string>(),
                  .started = time_of(json.at("started")),
                  .ended = time_of(json.at("ended"))};
  if (step.ended < step.started) throw Error(Fault::input, step.name + " ends before it starts");
  if (json.contains("commands")) step.usage = usage_of(json.at("commands"));
  if (json.contains("bytes")) step.size = Bytes{json.at("bytes").get<std::uint64_t>()};
  step.after = json.at("after").get<std::vector<std::string>>();
  return step;
}

}  // namespace

std::string timings_json(const Timings& timings) {
  Json steps = Json::array();
  for (const StepTiming& step : timings.steps) steps.push_back(json_of(step));
  return Json{{"schema", schema},
              {"image", timings.image},
              {"version", timings.version},
              {"milliseconds", timings.wall.count()},
              {"ingot", json_of(timings.own)},
              {"steps", steps}}
             .dump(1) +
         "\n";
}

Timings parse_timings(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (const auto found = json.at("schema").get<std::string>(); found != schema)
      throw Error(Fault::input, format("its schema is '{}'; this ingot reads {}", found, schema));
    Timings timings{.image = json.at("image").get<std::string>(),
                    .version = json.at("version").get<std::string>(),
                    .wall = time_of(json.at("milliseconds")),
                    .own = usage_of(json.at("ingot")),
                    .steps = {}};
    for (const Json& step : json.at("steps")) timings.steps.push_back(step_of(step));
    return timings;
  } catch (const nlohmann::json::exception& error) {
    throw Error(Fault::input, format("no timings of a build: {}", error.what()));
  }
}

std::vector<const StepTiming*> critical_path(const Timings& timings) {
  const auto later = [](const StepTiming* a, const StepTiming* b) {
    return a == nullptr || (b != nullptr && a->ended < b->ended) ? b : a;
  };
  const StepTiming* at = nullptr;
  for (const StepTiming& step : timings.steps) at = later(at, &step);
  std::vector<const StepTiming*> path;
  std::set<const StepTiming*> seen;
  while (at != nullptr && seen.insert(at).second) {
    path.push_back(at);
    const StepTiming* last = nullptr;
    for (const StepTiming& step : timings.steps)
      if (std::find(at->after.begin(), at->after.end(), step.name) != at->after.end())
        last = later(last, &step);
    at = last;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

fs::path timings_record(const fs::path& cache, std::string_view image) {
  return records_in(cache) / std::string(image).append(ending);
}

std::optional<fs::path> newest_timings_record(const fs::path& cache) {
  std::optional<fs::path> newest;
  fs::file_time_type newest_time;
  std::error_code failed;
  for (fs::directory_iterator at(records_in(cache), failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code gone;
    const fs::file_time_type time = at->last_write_time(gone);
    if (gone || !at->path().filename().string().ends_with(ending)) continue;
    if (newest && time <= newest_time) continue;
    newest = at->path();
    newest_time = time;
  }
  return newest;
}

}  // namespace ingot::run
