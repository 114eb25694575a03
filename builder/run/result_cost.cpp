// SPDX-License-Identifier: Apache-2.0
#include "run/result_cost.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

namespace ingot::run {
namespace {

std::optional<std::uint64_t> number_in(const store::Entry& entry, const std::string& fact) {
  const auto found = entry.facts.find(fact);
  if (found == entry.facts.end()) return std::nullopt;
  const std::string& text = found->second;
  std::uint64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The facts of a format list its files.
std::optional<std::uint64_t> size_of_files(const store::Entry& entry) {
  const auto found = entry.facts.find("files");
  if (found == entry.facts.end()) return std::nullopt;
  try {
    std::uint64_t sum = 0;
    for (const nlohmann::json& file : nlohmann::json::parse(found->second))
      sum += file.at("size").get<std::uint64_t>();
    return sum;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

plan::StepCost cost_of(const store::Entry& entry) {
  plan::StepCost cost;
  if (const auto time = number_in(entry, "milliseconds"))
    cost.time = std::chrono::milliseconds(static_cast<std::int64_t>(*time));
  auto size = number_in(entry, "bytes");
  if (!size) size = size_of_files(entry);
  if (size) cost.size = Bytes{*size};
  return cost;
}

Bytes size_of(const std::vector<step::MadeFile>& files) {
  Bytes size;
  for (const step::MadeFile& file : files)
    if (file.measured) size = size + Bytes{file.measured->size};
  return size;
}

std::map<std::string, plan::StepCost> costs_of(const plan::Plan& plan, const TreeSteps& steps) {
  std::map<std::string, plan::StepCost> costs;
  for (const plan::Step& step : plan.steps) costs[step.name] = cost_of(steps.entry_of(step.name));
  return costs;
}

}  // namespace ingot::run
