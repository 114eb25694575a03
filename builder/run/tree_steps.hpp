// SPDX-License-Identifier: Apache-2.0
// Carrying out the steps of a plan: out of the store where it has the result, else by doing them.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.hpp"
#include "run/signing_keys.hpp"
#include "step/workplace.hpp"

namespace ingot::run {

class SharedCache;

/// The fact of a result that is another name of one, whose key is its value.
inline constexpr const char* same_as = "same-as";

enum class TreeUse { none, read };

/// The result of a step, by its key or by another name of a result.
std::optional<store::Entry> find_tree(const store::Store& store, const Sha256& key);

struct ReadSet;
struct VisibleTree;

class TreeSteps {
public:
  /// References must outlive the object; so must `shared`, which may be null.
  TreeSteps(const step::Workplace& workplace, const plan::Plan& plan,
            const spec::ResolvedImage& image, const spec::Lock& lock, const SigningKeys& keys,
            SharedCache* shared = nullptr)
      : workplace_(workplace),
        plan_(plan),
        image_(image),
        lock_(lock),
        keys_(keys),
        shared_(shared) {}

  /// True when the store has the results of all steps.
  bool all_found() const;

  /// Makes the step's tree, or finds it. Steps it needs must have been carried out. A tree that is
  /// going to be used is looked at first, quickly: one that was altered in the store is made again,
  /// and that is said. Thread-safe for different steps.
  void carry_out(const plan::Step& step, TreeUse use);

  /// The result of a step that has been carried out.
  store::Entry entry_of(const std::string& step) const;
  std::filesystem::path tree_of(const std::string& step) const;
  std::vector<std::filesystem::path> trees_of(const std::vector<std::string>& steps) const;
  /// The whole build root, mounted at an empty folder for reading.
  os::OverlayMount mount_build_root(const std::filesystem::path& place) const;

private:
  std::optional<store::Entry> found(const plan::Step& step, TreeUse use) const;
  void give(const plan::Step& step, const store::Entry& entry, StepOutcome outcome) const;
  std::pair<store::Entry, StepOutcome> made(const plan::Step& step, const Sha256& key,
                                            const VisibleTree* visible) const;
  std::pair<store::Entry, StepOutcome> made_of_visible(const plan::Step& step) const;
  /// The result of the same step on other trees, which answered alike to all that it asked.
  std::optional<store::Entry> made_of_same_answers(const plan::Step& step,
                                                   const VisibleTree& visible) const;
  Sha256 answer_of(const plan::Step& step, const VisibleTree& visible, const ReadSet& reads) const;
  std::set<std::string> patterns_read(const plan::Step& step, const os::PathTrace& trace) const;
  /// Puts beside the result what it was made of; returns facts of the entry.
  std::map<std::string, std::string> keep_reads(const plan::Step& step, const store::Stage& stage,
                                                const VisibleTree& visible,
                                                os::PathTrace trace) const;
  /// Tells what was looked at, where that is watched.
  std::optional<os::PathTrace> make(const plan::Step& step, store::Stage& stage,
                                    const VisibleTree* visible) const;
  void make_system(const plan::Step& step, const step::Tree& tree) const;
  /// Whether a layer brings modules of its own, of which no index tells yet.
  bool has_modules_of_layers(const plan::Step& step) const;
  const spec::ResolvedLayer& layer_of(const plan::Step& step) const;

  const step::Workplace& workplace_;
  const plan::Plan& plan_;
  const spec::ResolvedImage& image_;
  const spec::Lock& lock_;
  const SigningKeys& keys_;
  SharedCache* shared_;
  mutable std::mutex mutex_;
  std::map<std::string, store::Entry> entries_;
};

}  // namespace ingot::run
