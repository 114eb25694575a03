// SPDX-License-Identifier: Apache-2.0
#include "plan/needed.hpp"

#include "base/error.hpp"
#include "base/words.hpp"

namespace ingot::plan {

std::set<std::string> needed_for(const Plan& plan, const std::vector<std::string>& steps) {
  std::set<std::string> needed;
  std::vector<std::string> open = steps;
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    const Step* step = plan.find(name);
    if (step == nullptr) {
      std::vector<std::string> names;
      for (const Step& known : plan.steps) names.push_back(known.name);
      const auto meant = nearest(name, names);
      throw Error(Fault::input, "there is no step '" + name + "'" +
                                    (meant ? "; did you mean '" + *meant + "'?"
                                           : "; `ingot plan` lists those of an image"));
    }
    if (!needed.insert(name).second) continue;
    open.insert(open.end(), step->inputs.begin(), step->inputs.end());
  }
  return needed;
}

}  // namespace ingot::plan
