// SPDX-License-Identifier: Apache-2.0
#include "run/shards.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ingot::run {
namespace {

using std::chrono::milliseconds;

/// Indexes of images. What a step needs is needed by all images that need the step, so a set waits
/// only for those that hold it and more: no circles.
using Images = std::set<std::size_t>;

/// What makes two steps of different images one piece of work. Of what is compiled and made again
/// only when something visible has changed, the key says less than the ingredients: with the same
/// ones the content is most likely the same, and if it is not, the second image compiles again.
Sha256 work_of(const plan::Step& step) {
  const bool compiles =
      step.kind == plan::StepKind::modules || step.kind == plan::StepKind::program;
  return compiles && !step.hidden.empty() ? step.own_key : step.key;
}

struct Missing {
  const plan::Step* step = nullptr;
  Images images = {};
  plan::StepCost cost = {};
};

class Cutter {
public:
  explicit Cutter(const std::vector<ImageOutlook>& images) : images_(images) {
    for (std::size_t i = 0; i < images.size(); ++i) collect(i);
    for (const Sha256& key : order_) groups_[missing_.at(key).images].push_back(key);
  }

  std::vector<Shard> shards() {
    std::vector<Shard> shards;
    for (const Images& set : ordered_sets()) {
      Shard shard = shard_of(set, groups_.at(set));
      shard.id = "shared-" + std::to_string(shards.size() + 1);
      shard.until = last_of(groups_.at(set));
      ids_[set] = shard.id;
      shard.needs = needs_of(set);
      shards.push_back(std::move(shard));
    }
    for (std::size_t i = 0; i < images_.size(); ++i) shards.push_back(image_shard(i));
    return shards;
  }

private:
  void collect(std::size_t index) {
    const ImageOutlook& image = images_[index];
    for (const OutlookRow& row : image.rows) {
      const plan::Step* step = image.plan.find(row.step);
      if (step == nullptr || row.outlook == Outlook::hit) continue;
      const Sha256 work = work_of(*step);
      const auto [found, added] = missing_.try_emplace(work);
      if (added) {
        order_.push_back(work);
        found->second.step = step;
      }
      found->second.images.insert(index);
      if (!found->second.cost.time) found->second.cost = row.cost;
    }
  }

  /// Of more than one image; the larger ones first.
  std::vector<Images> ordered_sets() const {
    std::vector<Images> sets;
    for (const auto& [set, keys] : groups_)
      if (set.size() > 1) sets.push_back(set);
    std::stable_sort(sets.begin(), sets.end(), [](const Images& a, const Images& b) {
      return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    return sets;
  }

  Shard shard_of(const Images& set, const std::vector<Sha256>& keys) const {
    Shard shard{.id = {}, .images = {}, .argument = images_[*set.begin()].argument, .steps = {}};
    for (const std::size_t index : set) shard.images.push_back(images_[index].image);
    std::map<std::string, milliseconds> ends;
    for (const Sha256& key : keys) {
      const Missing& one = missing_.at(key);
      shard.steps.push_back(one.step->name);
      milliseconds start{0};
      for (const std::string& input : one.step->inputs)
        if (const auto found = ends.find(input); found != ends.end())
          start = std::max(start, found->second);
      if (!one.cost.time) ++shard.unknown;
      const milliseconds end = start + one.cost.time.value_or(milliseconds{0});
      ends[one.step->name] = end;
      shard.expected = std::max(shard.expected, end);
    }
    return shard;
  }

  /// Steps that no other of them waits for.
  std::vector<std::string> last_of(const std::vector<Sha256>& keys) const {
    std::set<std::string> waited_for;
    for (const Sha256& key : keys) {
      const std::vector<std::string>& inputs = missing_.at(key).step->inputs;
      waited_for.insert(inputs.begin(), inputs.end());
    }
    std::vector<std::string> last;
    for (const Sha256& key : keys)
      if (!waited_for.contains(missing_.at(key).step->name))
        last.push_back(missing_.at(key).step->name);
    return last;
  }

  std::vector<std::string> needs_of(const Images& set) const {
    std::vector<std::string> needs;
    for (const auto& [other, id] : ids_)
      if (other != set && std::includes(other.begin(), other.end(), set.begin(), set.end()))
        needs.push_back(id);
    std::sort(needs.begin(), needs.end());
    return needs;
  }

  Shard image_shard(std::size_t index) const {
    const Images set = {index};
    const auto own = groups_.find(set);
    Shard shard = shard_of(set, own == groups_.end() ? std::vector<Sha256>() : own->second);
    shard.id = "image-" + images_[index].image;
    shard.needs = needs_of(set);
    for (const OutlookRow& row : images_[index].rows) {
      if (row.outlook == Outlook::hit || images_[index].plan.find(row.step) != nullptr) continue;
      shard.steps.push_back(row.step);
      if (row.cost.time)
        shard.expected += *row.cost.time;
      else
        ++shard.unknown;
    }
    return shard;
  }

  const std::vector<ImageOutlook>& images_;
  std::map<Sha256, Missing> missing_;
  std::vector<Sha256> order_;  ///< as they could run
  std::map<Images, std::vector<Sha256>> groups_;
  std::map<Images, std::string> ids_;
};

}  // namespace

std::vector<Shard> shards_of(const std::vector<ImageOutlook>& images) {
  return Cutter(images).shards();
}

}  // namespace ingot::run
