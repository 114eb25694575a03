// SPDX-License-Identifier: Apache-2.0
#include "run/tree_steps.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <sys/stat.h>

#include "archive/layers.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"
#include "plan/script_environment.hpp"
#include "run/glob_patterns.hpp"
#include "run/read_set.hpp"
#include "run/shared_cache.hpp"
#include "run/visible_tree.hpp"
#include "step/build_root.hpp"
#include "step/finish.hpp"
#include "step/install.hpp"
#include "step/modules.hpp"
#include "step/program.hpp"
#include "step/system.hpp"
#include "store/entry_index.hpp"

namespace ingot::run {
namespace {

/// Beside a result: a packed ReadSet.
constexpr std::string_view reads_file = "reads";
/// The fact with answer_to() it.
constexpr const char* answer_fact = "answer";
/// How many results of one step are tried for the answers that they were made of.
constexpr std::size_t results_remembered = 16;

/// What a shell may have read as a script; nothing for other files, links and what is missing.
std::optional<std::string> script_text(const std::filesystem::path& path) {
  constexpr std::uint64_t largest = 1U << 20;
  constexpr std::size_t start = 512;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (static_cast<std::uint64_t>(status.st_size) > largest) return std::nullopt;
  const auto text = os::read_file_if_any(path, largest);
  if (!text || text->substr(0, start).find('\0') != std::string::npos) return std::nullopt;
  return text;
}

std::string reads_series(const plan::Step& step) { return "reads/" + step.own_key.hex(); }

std::vector<std::string> hidden_in(const VisibleTree* visible) {
  return visible == nullptr ? std::vector<std::string>() : visible->hidden;
}

std::vector<spec::LockedPackage> packages_of(const std::vector<spec::LockedPackage>& root,
                                             const std::string& layer) {
  std::vector<spec::LockedPackage> packages;
  std::copy_if(root.begin(), root.end(), std::back_inserter(packages),
               [&](const spec::LockedPackage& package) { return package.layer == layer; });
  return packages;
}

}  // namespace

std::optional<store::Entry> find_tree(const store::Store& store, const Sha256& key) {
  std::optional<store::Entry> entry = store.find_entry(key);
  if (entry && entry->facts.contains(same_as))
    entry = store.find_entry(Sha256::from_hex(entry->facts.at(same_as)));
  if (!entry || !store::has_index(*entry)) return std::nullopt;
  return entry;
}

const spec::ResolvedLayer& TreeSteps::layer_of(const plan::Step& step) const {
  const auto found = std::find_if(image_.layers.begin(), image_.layers.end(),
                                  [&](const auto& layer) { return layer.name == step.layer; });
  if (found == image_.layers.end())
    throw Error(Fault::internal, "step " + step.name + " names no layer (this is a bug)");
  return *found;
}

store::Entry TreeSteps::entry_of(const std::string& step) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(step);
  if (found == entries_.end())
    throw Error(Fault::internal, "step " + step + " has not been carried out (this is a bug)");
  return found->second;
}

std::filesystem::path TreeSteps::tree_of(const std::string& step) const {
  return entry_of(step).root;
}

std::vector<std::filesystem::path> TreeSteps::trees_of(
    const std::vector<std::string>& steps) const {
  std::vector<std::filesystem::path> trees;
  for (const std::string& step : steps) trees.push_back(tree_of(step));
  return trees;
}

os::OverlayMount TreeSteps::mount_build_root(const std::filesystem::path& place) const {
  std::error_code failed;
  std::filesystem::create_directories(place, failed);
  if (failed) throw_errno("making the folder " + place.string(), failed.value());
  return os::OverlayMount({.lowers = trees_of(plan_.build_root())}, place);
}

bool TreeSteps::all_found() const {
  return std::all_of(plan_.steps.begin(), plan_.steps.end(),
                     [&](const plan::Step& step) { return found(step, TreeUse::none); });
}

std::optional<store::Entry> TreeSteps::found(const plan::Step& step, TreeUse use) const {
  std::optional<store::Entry> entry = find_tree(workplace_.store, step.key);
  if (!entry || use == TreeUse::none) return entry;
  const auto altered = store::alteration(*entry, store::Look::quick);
  if (!altered) return entry;
  workplace_.report.warning(format(
      "the store's result of step {} was altered; it is made again: {}", step.name, *altered));
  workplace_.store.remove_entry(Sha256::from_hex(entry->folder.filename().string()));
  workplace_.store.remove_entry(step.key);
  return std::nullopt;
}

std::pair<store::Entry, StepOutcome> TreeSteps::made(const plan::Step& step, const Sha256& key,
                                                     const VisibleTree* visible) const {
  const auto start = os::system_clock().steady();
  // One without its index is no result, and in the way of ours.
  if (const auto entry = workplace_.store.find_entry(key); entry && !store::has_index(*entry))
    workplace_.store.remove_entry(key);
  if (std::optional<store::Stage> stage = workplace_.store.begin_entry(key)) {
    std::optional<os::PathTrace> trace = make(step, *stage, visible);
    const Bytes size = store::write_index(*stage);
    std::map<std::string, std::string> facts;
    if (trace) facts = keep_reads(step, *stage, *visible, std::move(*trace));
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() - start);
    facts["step"] = step.name;
    facts["milliseconds"] = std::to_string(took.count());
    facts["bytes"] = std::to_string(size.count);
    store::Entry entry = stage->commit(facts);
    if (facts.contains(answer_fact))
      workplace_.store.note_newest(reads_series(step), key, results_remembered);
    return {std::move(entry), StepOutcome::done};
  }
  const auto entry = find_tree(workplace_.store, key);
  if (!entry) throw Error(Fault::io, "the store lost the result of step " + step.name);
  return {*entry, StepOutcome::cached};
}

std::pair<store::Entry, StepOutcome> TreeSteps::made_of_visible(const plan::Step& step) const {
  std::vector<store::Entry> lowers;
  for (const std::string& lower : step.lowers) lowers.push_back(entry_of(lower));
  const VisibleTree visible = visible_tree(lowers, step.hidden, workplace_.epoch);
  const Sha256 key = crypto::FieldHasher("ingot.step-of-content.v1")
                         .field(step.own_key)
                         .field(visible.digest)
                         .finish();
  std::pair<store::Entry, StepOutcome> result;
  std::optional<store::Entry> same;
  if (!find_tree(workplace_.store, key)) same = made_of_same_answers(step, visible);
  if (same) {
    result = {std::move(*same), StepOutcome::cached};
  } else {
    const bool taken = shared_ != nullptr && shared_->take(step.name, key);
    result = made(step, key, &visible);
    if (taken && result.second == StepOutcome::cached) result.second = StepOutcome::shared;
  }
  const std::string target = result.first.folder.filename().string();
  for (const Sha256& name : {key, step.key})
    if (std::optional<store::Stage> alias = workplace_.store.begin_entry(name))
      alias->commit({{"step", step.name}, {same_as, target}});
  return result;
}

Sha256 TreeSteps::answer_of(const plan::Step& step, const VisibleTree& visible,
                            const ReadSet& reads) const {
  return answer_to(reads, visible.files, visible.hidden, [&](const std::string& path) {
    for (auto lower = step.lowers.rbegin(); lower != step.lowers.rend(); ++lower)
      if (const auto text = os::read_file_if_any(tree_of(*lower) / path)) return *text;
    return std::string();
  });
}

std::set<std::string> TreeSteps::patterns_read(const plan::Step& step,
                                               const os::PathTrace& trace) const {
  std::set<std::string> patterns;
  for (const auto& [path, use] : trace.paths) {
    if (use != os::PathUse::opened) continue;
    for (auto lower = step.lowers.rbegin(); lower != step.lowers.rend(); ++lower) {
      // The trace has the path without links too.
      const auto text = script_text(tree_of(*lower) / path.substr(1));
      if (!text) continue;
      patterns.merge(glob_patterns_in(*text));
      break;
    }
  }
  return patterns;
}

std::map<std::string, std::string> TreeSteps::keep_reads(const plan::Step& step,
                                                         const store::Stage& stage,
                                                         const VisibleTree& visible,
                                                         os::PathTrace trace) const {
  if (!trace.complete()) {
    workplace_.log.line(step.name, "not known is all that it reads: " + trace.gap);
    return {};
  }
  ReadSet reads{.trace = std::move(trace)};
  reads.patterns = patterns_read(step, reads.trace);
  for (const archive::ListedFile& file : archive::list_layer_names(stage.folder()))
    if (file.kind == os::FileKind::folder) reads.copied.push_back(file.path);
  note_unused_patterns(reads, visible.files, visible.hidden);
  const std::vector<std::uint8_t> bytes = packed(reads);
  os::write_file(stage.beside(reads_file), std::string(bytes.begin(), bytes.end()));
  return {{answer_fact, answer_of(step, visible, reads).hex()}};
}

std::optional<store::Entry> TreeSteps::made_of_same_answers(const plan::Step& step,
                                                            const VisibleTree& visible) const {
  for (const Sha256& key : workplace_.store.newest(reads_series(step))) {
    const std::optional<store::Entry> entry = workplace_.store.find_entry(key);
    if (!entry || !store::has_index(*entry)) continue;
    const auto answer = entry->facts.find(answer_fact);
    const auto bytes = os::read_file_if_any(entry->folder / reads_file);
    if (answer == entry->facts.end() || !bytes) continue;
    const auto reads =
        unpacked_read_set({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
    if (!reads || answer_of(step, visible, *reads).hex() != answer->second) continue;
    if (!store::alteration(*entry, store::Look::quick)) return entry;
  }
  return std::nullopt;
}

void TreeSteps::carry_out(const plan::Step& step, TreeUse use) {
  os::check_stop();
  const auto start = os::system_clock().steady();
  const auto took = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() -
                                                                 start);
  };
  workplace_.report.step_started(step.name);
  StepOutcome outcome = StepOutcome::cached;
  std::optional<store::Entry> entry;
  try {
    entry = found(step, use);
    if (!entry && shared_ != nullptr && shared_->take(step.name, step.key)) {
      entry = found(step, use);
      if (entry) outcome = StepOutcome::shared;
    }
    if (!entry)
      std::tie(entry, outcome) =
          step.hidden.empty() ? made(step, step.key, nullptr) : made_of_visible(step);
  } catch (...) {
    workplace_.report.step_finished(step.name, StepOutcome::failed, took(), "");
    throw;
  }
  workplace_.report.step_finished(step.name, outcome, took(), "");
  if (outcome != StepOutcome::done)
    workplace_.log.line(step.name, "taken from the store: " + step.key.hex());
  give(step, *entry, outcome);
  const std::scoped_lock lock(mutex_);
  entries_[step.name] = *entry;
}

void TreeSteps::give(const plan::Step& step, const store::Entry& entry, StepOutcome outcome) const {
  if (shared_ == nullptr) return;
  const Origin origin = outcome == StepOutcome::done ? Origin::made_now : Origin::from_store;
  shared_->give(step.name, Sha256::from_hex(entry.folder.filename().string()), origin);
  shared_->give(step.name, step.key, origin);
}

std::optional<os::PathTrace> TreeSteps::make(const plan::Step& step, store::Stage& stage,
                                             const VisibleTree* visible) const {
  const step::Tree tree{trees_of(step.lowers), stage};
  switch (step.kind) {
    case plan::StepKind::build_root:
      step::make_build_root(workplace_, stage,
                            {.step = step.name,
                             .packages = packages_of(lock_.build_root, step.layer),
                             .lowest = step.name == plan_.build_root().front()});
      break;
    case plan::StepKind::packages: {
      step::InstallRequest request{.step = step.name,
                                   .packages = packages_of(lock_.image_root, step.layer)};
      for (const spec::ResolvedLayer& layer : image_.layers) {
        if (layer.name == step.layer) break;
        const auto below = packages_of(lock_.image_root, layer.name);
        request.installed.insert(request.installed.end(), below.begin(), below.end());
      }
      step::install_packages(workplace_, tree, request);
      break;
    }
    case plan::StepKind::program:
      step::build_program(workplace_, {tree.lowers, hidden_in(visible)}, stage, layer_of(step),
                          plan::script_environment(image_, layer_of(step)));
      break;
    case plan::StepKind::modules:
      step::compile_modules(workplace_, {tree.lowers, hidden_in(visible)}, stage, step.name,
                            *image_.kernel, *image_.driver);
      break;
    case plan::StepKind::signed_modules:
      step::sign_modules(tree_of(step.inputs.front()),
                         stage.folder() / step::modules_folder(*image_.kernel), keys_.module,
                         keys_.module_certificate);
      break;
    case plan::StepKind::system:
      make_system(step, tree);
      break;
    case plan::StepKind::finish:
      step::finish_image(workplace_, tree, {image_, lock_, keys_.module, keys_.module_certificate});
      break;
    case plan::StepKind::module_index:
      return step::make_module_index(workplace_, tree, *image_.kernel, visible->hidden);
    case plan::StepKind::initramfs:
      return step::make_initramfs(
          workplace_, tree, *image_.kernel, visible->hidden,
          has_modules_of_layers(step) ? step::ModuleIndex::stale : step::ModuleIndex::fresh);
    case plan::StepKind::seal:
      step::seal_image(workplace_, tree);
      break;
  }
  return std::nullopt;
}

bool TreeSteps::has_modules_of_layers(const plan::Step& step) const {
  return std::any_of(step.lowers.begin(), step.lowers.end(), [&](const std::string& lower) {
    std::error_code failed;
    return plan_.at(lower).kind == plan::StepKind::system &&
           std::filesystem::exists(tree_of(lower) / "usr/lib/modules" / image_.kernel->release,
                                   failed);
  });
}

void TreeSteps::make_system(const plan::Step& step, const step::Tree& tree) const {
  step::SystemRequest request{.step = step.name,
                              .layer = layer_of(step),
                              .environment = plan::script_environment(image_, layer_of(step)),
                              .program = {}};
  const std::string program = "program/" + step.layer;
  if (std::find(step.inputs.begin(), step.inputs.end(), program) != step.inputs.end())
    request.program = tree_of(program);
  step::apply_system(workplace_, tree, request);
}

}  // namespace ingot::run
