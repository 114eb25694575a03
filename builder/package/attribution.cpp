// SPDX-License-Identifier: Apache-2.0
#include "package/attribution.hpp"

#include <algorithm>
#include <functional>

#include "base/error.hpp"

namespace ingot::package {
namespace {

/// Who in the resolved set can meet a relation.
class Providers {
public:
  explicit Providers(const std::vector<ResolvedPackage>& packages) {
    for (const ResolvedPackage& package : packages) {
      by_name_[package.name].push_back(&package);
      for (const Alternatives& group : package.provides)
        for (const Relation& provided : group) by_name_[provided.name].push_back(&package);
    }
    for (auto& [name, list] : by_name_)
      std::sort(list.begin(), list.end(),
                [](const auto* a, const auto* b) { return a->name < b->name; });
  }

  std::vector<const ResolvedPackage*> meeting(const Relation& relation) const {
    std::vector<const ResolvedPackage*> found;
    const auto candidates = by_name_.find(relation.name);
    if (candidates == by_name_.end()) return found;
    for (const ResolvedPackage* candidate : candidates->second)
      if (meets(relation, candidate->name, candidate->version, candidate->provides))
        found.push_back(candidate);
    return found;
  }

private:
  std::map<std::string, std::vector<const ResolvedPackage*>> by_name_;
};

void take(const ResolvedPackage& start, const std::string& layer, const Providers& providers,
          std::map<std::string, std::string>& taken) {
  std::vector<const ResolvedPackage*> open{&start};
  while (!open.empty()) {
    const ResolvedPackage& package = *open.back();
    open.pop_back();
    if (!taken.emplace(package.name, layer).second) continue;
    for (const auto* field : {&package.pre_depends, &package.depends})
      for (const Alternatives& group : *field)
        for (const Relation& relation : group)
          for (const ResolvedPackage* needed : providers.meeting(relation)) open.push_back(needed);
  }
}

}  // namespace

std::map<std::string, std::string> attribute(const std::vector<LayerPackages>& layers,
                                             const std::vector<ResolvedPackage>& packages) {
  if (layers.empty()) throw Error(Fault::internal, "packages without a layer (this is a bug)");
  std::vector<const ResolvedPackage*> sorted;
  for (const ResolvedPackage& package : packages) sorted.push_back(&package);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });

  const Providers providers(packages);
  std::map<std::string, std::string> taken;
  const std::string& first = layers.front().layer;
  for (const ResolvedPackage* package : sorted)
    if (package->essential) take(*package, first, providers, taken);
  for (const LayerPackages& layer : layers) {
    std::vector<std::string> asked = layer.asked;
    std::sort(asked.begin(), asked.end());
    for (const std::string& name : asked) {
      Relation relation;
      relation.name = name;
      for (const ResolvedPackage* package : providers.meeting(relation))
        take(*package, layer.layer, providers, taken);
    }
  }
  for (const ResolvedPackage* package : sorted) taken.emplace(package->name, first);
  return taken;
}

}  // namespace ingot::package
