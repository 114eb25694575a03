// SPDX-License-Identifier: Apache-2.0
#include "os/path_trace.hpp"

#include <nlohmann/json.hpp>

namespace ingot::os {

void PathTrace::add(const std::string& path, PathUse use) {
  const auto [at, added] = paths.emplace(path, use);
  if (!added && use == PathUse::opened) at->second = use;
}

void PathTrace::add(const PathTrace& other) {
  for (const auto& [path, use] : other.paths) add(path, use);
  if (gap.empty()) gap = other.gap;
}

std::vector<std::uint8_t> packed(const PathTrace& trace) {
  nlohmann::json looked = nlohmann::json::array();
  nlohmann::json opened = nlohmann::json::array();
  for (const auto& [path, use] : trace.paths)
    (use == PathUse::opened ? opened : looked).push_back(path);
  return nlohmann::json::to_cbor(
      {{"looked", std::move(looked)}, {"opened", std::move(opened)}, {"gap", trace.gap}});
}

PathTrace unpacked_trace(std::span<const std::uint8_t> bytes) {
  try {
    const auto whole = nlohmann::json::from_cbor(bytes.begin(), bytes.end());
    PathTrace trace;
    for (const auto& path : whole.at("looked")) trace.add(path, PathUse::looked);
    for (const auto& path : whole.at("opened")) trace.add(path, PathUse::opened);
    whole.at("gap").get_to(trace.gap);
    return trace;
  } catch (const nlohmann::json::exception&) {
    return {.paths = {}, .gap = "the record of paths is not whole"};
  }
}

}  // namespace ingot::os
