// SPDX-License-Identifier: Apache-2.0
#include "package/install_order.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>

namespace ingot::package {
namespace {

using Indices = std::set<std::size_t>;

class Planner {
public:
  Planner(const std::vector<Installable>& packages, const std::vector<Installable>& configured) {
    for (const Installable& package : packages) all_.push_back(&package);
    std::sort(all_.begin(), all_.end(),
              [](const auto* a, const auto* b) { return a->name < b->name; });
    own_ = all_.size();
    for (const Installable& package : configured) all_.push_back(&package);
    for (std::size_t i = 0; i < all_.size(); ++i) {
      by_name_[all_[i]->name].insert(i);
      for (const Alternatives& group : all_[i]->provides)
        for (const Relation& provided : group) by_name_[provided.name].insert(i);
      if (i < own_)
        pending_.insert(i);
      else
        configured_.insert(i);
    }
  }

  std::vector<Wave> plan() {
    if (configured_.empty()) bootstrap();
    while (!pending_.empty()) {
      const Indices ready = ready_packages();
      if (!ready.empty()) {
        unpack(ready, false);
      } else if (!configure_something()) {
        // Nothing more can be configured in time: a cycle through Pre-Depends.
        unpack({*pending_.begin()}, true);
      }
    }
    return std::move(waves_);
  }

private:
  /// Every package of either list that meets the relation.
  Indices meeting(const Relation& relation) const {
    Indices found;
    const auto candidates = by_name_.find(relation.name);
    if (candidates == by_name_.end()) return found;
    for (const std::size_t i : candidates->second)
      if (meets(relation, all_[i]->name, all_[i]->version, all_[i]->provides)) found.insert(i);
    return found;
  }

  Indices meeting(const Alternatives& group) const {
    Indices found;
    for (const Relation& relation : group) found.merge(meeting(relation));
    return found;
  }

  bool holds(const Alternatives& group) const {
    const Indices candidates = meeting(group);
    return candidates.empty() ||
           std::any_of(candidates.begin(), candidates.end(),
                       [&](std::size_t i) { return configured_.contains(i); });
  }

  Indices ready_packages() const {
    Indices ready;
    for (const std::size_t i : pending_) {
      const auto& groups = all_[i]->pre_depends;
      if (std::all_of(groups.begin(), groups.end(), [&](const auto& g) { return holds(g); }))
        ready.insert(i);
    }
    return ready;
  }

  /// What must be configured together with `start`; nothing when a part is not unpacked yet.
  std::optional<Indices> closure(std::size_t start) const {
    Indices closed;
    std::vector<std::size_t> open{start};
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      if (configured_.contains(i) || !closed.insert(i).second) continue;
      if (pending_.contains(i)) return std::nullopt;
      for (const auto* field : {&all_[i]->pre_depends, &all_[i]->depends}) {
        for (const Alternatives& group : *field) {
          if (holds(group)) continue;
          const Indices candidates = meeting(group);
          const auto unpacked = std::find_if(candidates.begin(), candidates.end(),
                                             [&](auto c) { return !pending_.contains(c); });
          if (unpacked == candidates.end()) return std::nullopt;
          open.push_back(*unpacked);
        }
      }
    }
    return closed;
  }

  bool configure_something() {
    Indices chosen;
    for (const std::size_t i : pending_) {
      for (const Alternatives& group : all_[i]->pre_depends) {
        if (holds(group)) continue;
        for (const std::size_t candidate : meeting(group)) {
          if (pending_.contains(candidate)) continue;
          if (auto needed = closure(candidate)) {
            chosen.merge(*needed);
            break;
          }
        }
      }
    }
    for (const std::size_t i : chosen) configure_before_.push_back(all_[i]->name);
    configured_.insert(chosen.begin(), chosen.end());
    return !chosen.empty();
  }

  void bootstrap() {
    Indices together;
    std::vector<std::size_t> open;
    for (const std::size_t i : pending_)
      if (all_[i]->essential) open.push_back(i);
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      if (!together.insert(i).second) continue;
      for (const auto* field : {&all_[i]->pre_depends, &all_[i]->depends})
        for (const Alternatives& group : *field)
          for (const std::size_t needed : meeting(group)) open.push_back(needed);
    }
    if (!together.empty()) unpack(together, true);
  }

  void unpack(const Indices& packages, bool force) {
    Wave wave;
    std::sort(configure_before_.begin(), configure_before_.end());
    wave.configure_before.swap(configure_before_);
    wave.force = force;
    for (const std::size_t i : packages) {
      wave.unpack.push_back(all_[i]->name);
      pending_.erase(i);
    }
    waves_.push_back(std::move(wave));
  }

  std::vector<const Installable*> all_;  ///< those to install first, by name
  std::size_t own_ = 0;
  std::map<std::string, Indices> by_name_;
  Indices pending_;
  Indices configured_;
  std::vector<std::string> configure_before_;
  std::vector<Wave> waves_;
};

}  // namespace

std::vector<Wave> plan_waves(const std::vector<Installable>& packages,
                             const std::vector<Installable>& configured) {
  return Planner(packages, configured).plan();
}

}  // namespace ingot::package
