// SPDX-License-Identifier: Apache-2.0
// Cuts what several images still need into parts for machines that share a cache: first what
// several of them have in common, then one part for each image.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "run/plan_outlook.hpp"

namespace ingot::run {

struct ImageOutlook {
  std::string image;     ///< its name
  std::string argument;  ///< as a command would name it
  plan::Plan plan;
  std::vector<OutlookRow> rows;  ///< plan_outlook()'s
};

struct Shard {
  std::string id;                   ///< fit for the name of a job: "shared-1", "image-debian-13"
  std::vector<std::string> images;  ///< names of those that need it
  std::string argument;             ///< the image to build, one of them
  std::vector<std::string> steps;   ///< that are missing, or may be
  /// Steps to build up to; none for a shard that makes the release.
  std::vector<std::string> until = {};
  std::vector<std::string> needs = {};  ///< ids of shards that must be done before
  /// Along the steps that wait for each other, as far as their times are known.
  std::chrono::milliseconds expected{0};
  std::size_t unknown = 0;  ///< steps of unknown time
};

/// In an order in which they could run; those that do not need each other can run at a time. A step
/// is in exactly one shard, unless it is a format's. Every image has a shard of its own, even with
/// nothing missing: that one writes its release.
std::vector<Shard> shards_of(const std::vector<ImageOutlook>& images);

}  // namespace ingot::run
