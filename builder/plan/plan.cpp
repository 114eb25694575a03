// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "plan/script_environment.hpp"

namespace ingot::plan {
namespace {

/// Raised when a step's code changes what it makes of the same ingredients.
constexpr std::string_view code_version(StepKind kind) {
  switch (kind) {
    case StepKind::build_root:
    case StepKind::packages:
    case StepKind::seal:
      return "2";
    case StepKind::initramfs:
    case StepKind::module_index:
      return "4";
    default:
      return "3";
  }
}

// Neither depmod nor any hook of initramfs-tools has business there; so a change there costs no new
// initramfs. The steps cannot see these folders: one that wants something of them fails.
// ldconfig's cache below var/cache holds inode numbers, so that it is never the same twice.
constexpr std::array<std::string_view, 13> hidden_from_kernel_steps = {
    "etc/apt",        "etc/cni",          "etc/containerd",
    "etc/kubernetes", "etc/sysctl.d",     "etc/systemd/system",
    "usr/lib/ingot",  "usr/lib/sysctl.d", "usr/lib/systemd/system",
    "usr/share/doc",  "usr/share/man",    "var/cache",
    "var/log"};

// A compiler of C reads none of these; what other layers build with lies there.
constexpr std::array<std::string_view, 4> hidden_from_modules = {
    "usr/include/c++", "usr/lib/systemd", "usr/share", "var"};

// A program that needs no kernel is the same for each.
constexpr std::array<std::string_view, 3> hidden_from_programs = {"usr/lib/linux-kbuild-*",
                                                                  "usr/lib/modules", "usr/src"};

class Planner {
public:
  explicit Planner(const Inputs& inputs) : in_(inputs) {}

  Plan plan() {
    build_root();
    for (const spec::ResolvedLayer& layer : in_.image.layers) packages(layer);
    for (const spec::ResolvedLayer& layer : in_.image.layers) {
      if (digests(layer).build) program(layer);
      if (layer.receives_modules) modules(layer);
      system_step(layer);
    }
    finish();
    kernel_steps();
    add({.name = "seal", .kind = StepKind::seal, .lowers = chain_, .inputs = chain_}, true);
    return std::move(plan_);
  }

private:
  const LayerDigests& digests(const spec::ResolvedLayer& layer) const {
    static const LayerDigests nothing;
    const auto found = in_.layers.find(layer.name);
    return found == in_.layers.end() ? nothing : found->second;
  }

  Sha256 own_key_of(const Step& step) const {
    crypto::FieldHasher hasher("ingot.step-alone.v1");
    hasher.field(name_of(step.kind)).field(code_version(step.kind)).field(step.name);
    hasher.field(static_cast<std::uint64_t>(in_.lock.epoch));
    hasher.field(step.ingredients.size());
    for (const Ingredient& ingredient : step.ingredients)
      hasher.field(ingredient.name).field(ingredient.value);
    for (const std::string& folder : step.hidden) hasher.field(folder);
    return hasher.finish();
  }

  /// Completes the key and takes the step up; `grows` says its tree becomes part of the image root.
  void add(Step step, bool grows) {
    step.own_key = own_key_of(step);
    crypto::FieldHasher hasher("ingot.step.v2");
    hasher.field(step.own_key);
    for (const std::string& input : step.inputs)
      hasher.field(input).field(plan_.at(input).key.hex());
    step.key = hasher.finish();
    if (grows) chain_.push_back(step.name);
    plan_.steps.push_back(std::move(step));
  }

  static void name_packages(Step& step, const std::vector<spec::LockedPackage>& packages,
                            const std::string& layer) {
    for (const spec::LockedPackage& package : packages)
      if (package.layer == layer)
        step.ingredients.push_back(
            {"package " + package.name, package.sha256.hex(), package.version});
  }

  static void name_digest(Step& step, const std::string& name,
                          const std::optional<Sha256>& digest) {
    if (digest) step.ingredients.push_back({name, digest->hex()});
  }

  static void name_folder(Step& step, const std::string& name,
                          const std::optional<FolderDigest>& folder) {
    if (folder) step.ingredients.push_back({name, folder->whole.hex(), {}, folder->parts});
  }

  void name_environment(Step& step, const spec::ResolvedLayer& layer) const {
    for (const auto& [name, value] : script_environment(in_.image, layer))
      step.ingredients.push_back({"environment " + name, value});
  }

  /// One tree for each layer that asks for packages: a new kernel's headers leave the compiler be.
  void build_root() {
    for (const spec::ResolvedLayer& layer : in_.image.layers) {
      Step step{
          .name = "build-root/" + layer.name, .kind = StepKind::build_root, .layer = layer.name};
      name_packages(step, in_.lock.build_root, layer.name);
      if (step.ingredients.empty() && &layer != &in_.image.layers.front()) continue;
      add(std::move(step), false);
    }
  }

  /// A layer builds with its own packages and those of the layers before it; dependencies belong to
  /// the first layer that has them.
  std::vector<std::string> build_root_of(const spec::ResolvedLayer& layer) const {
    std::vector<std::string> trees;
    for (const spec::ResolvedLayer& other : in_.image.layers) {
      if (plan_.find("build-root/" + other.name) != nullptr)
        trees.push_back("build-root/" + other.name);
      if (&other == &layer) break;
    }
    return trees;
  }

  void packages(const spec::ResolvedLayer& layer) {
    Step step{.name = "packages/" + layer.name, .kind = StepKind::packages, .layer = layer.name};
    name_packages(step, in_.lock.image_root, layer.name);
    if (step.ingredients.empty()) return;
    step.lowers = chain_;
    step.inputs = chain_;
    add(std::move(step), true);
  }

  void program(const spec::ResolvedLayer& layer) {
    Step step{.name = "program/" + layer.name, .kind = StepKind::program, .layer = layer.name};
    step.lowers = build_root_of(layer);
    step.inputs = step.lowers;
    if (!layer.needs_kernel)
      step.hidden = {hidden_from_programs.begin(), hidden_from_programs.end()};
    name_digest(step, "scripts/build", digests(layer).build);
    name_folder(step, "src", digests(layer).src);
    name_environment(step, layer);
    add(std::move(step), false);
  }

  void modules(const spec::ResolvedLayer& layer) {
    Step step{.name = "modules/" + layer.name, .kind = StepKind::modules, .layer = layer.name};
    step.lowers = build_root_of(layer);
    step.inputs = step.lowers;
    step.hidden = {hidden_from_modules.begin(), hidden_from_modules.end()};
    step.ingredients.push_back({"kernel", in_.image.kernel->release});
    step.ingredients.push_back({"compiler", in_.image.kernel->compiler});
    step.ingredients.push_back({"source", in_.image.driver->source.source});
    for (const std::string& module : in_.image.driver->modules)
      step.ingredients.push_back({"module", module});
    for (const Sha256& patch : in_.patches) step.ingredients.push_back({"patch", patch.hex()});
    add(std::move(step), false);
  }

  /// Lies on top of what it knows nothing of: a new key signs again, a new configuration does not.
  void signed_modules(const spec::ResolvedLayer& layer) {
    Step step{.name = "signed-modules/" + layer.name,
              .kind = StepKind::signed_modules,
              .layer = layer.name};
    step.inputs = {"modules/" + layer.name};
    step.ingredients.push_back({"module certificate", in_.module_certificate.hex()});
    add(std::move(step), true);
  }

  void system_step(const spec::ResolvedLayer& layer) {
    Step step{.name = "system/" + layer.name, .kind = StepKind::system, .layer = layer.name};
    name_folder(step, "files", digests(layer).files);
    name_digest(step, "scripts/configure", digests(layer).configure);
    for (const auto* list : {&layer.units.enable, &layer.units.disable, &layer.units.mask}) {
      step.ingredients.push_back({"units", std::to_string(list->size())});
      for (const spec::Located& unit : *list) step.ingredients.push_back({"unit", unit.value});
    }
    step.lowers = chain_;
    step.inputs = chain_;
    if (digests(layer).build) step.inputs.push_back("program/" + layer.name);
    name_environment(step, layer);
    add(std::move(step), true);
  }

  void finish() {
    Step step{.name = "finish", .kind = StepKind::finish, .lowers = chain_, .inputs = chain_};
    for (const spec::ResolvedLayer& layer : in_.image.layers) {
      name_digest(step, layer.name + "/scripts/finish", digests(layer).finish);
      for (const spec::ResolvedPackage& package : layer.packages)
        if (package.hold) step.ingredients.push_back({"hold", package.name});
    }
    // The image manifest names all of these.
    step.ingredients.push_back({"image", in_.image.name});
    step.ingredients.push_back({"version", in_.image.version});
    step.ingredients.push_back(
        {"profile", std::string(name_of(in_.image.profile.gpus)) + " " +
                        std::to_string(in_.image.profile.count.value_or(0))});
    step.ingredients.push_back({"module certificate", in_.module_certificate.hex()});
    for (const spec::Located& word : in_.image.kernel_line)
      step.ingredients.push_back({"kernel line", word.value});
    if (in_.image.driver && in_.image.driver->persistenced != in_.image.driver->version)
      step.ingredients.push_back({"persistenced", in_.image.driver->persistenced});
    add(std::move(step), true);
  }

  /// Nothing before the index of modules waits for the driver's, which take the longest; and the
  /// initramfs, which has none of them, is made beside it.
  void kernel_steps() {
    std::vector<std::string> lowers = chain_;
    if (in_.image.kernel) kernel_step("initramfs", StepKind::initramfs, lowers);
    for (const spec::ResolvedLayer& layer : in_.image.layers) {
      if (!layer.receives_modules) continue;
      signed_modules(layer);
      lowers.push_back(chain_.back());
    }
    if (in_.image.kernel) kernel_step("module-index", StepKind::module_index, lowers);
  }

  void kernel_step(const std::string& name, StepKind kind, const std::vector<std::string>& lowers) {
    Step step{.name = name, .kind = kind, .lowers = lowers, .inputs = lowers};
    step.ingredients.push_back({"kernel", in_.image.kernel->release});
    step.hidden = {hidden_from_kernel_steps.begin(), hidden_from_kernel_steps.end()};
    add(std::move(step), true);
  }

  const Inputs& in_;
  Plan plan_;
  std::vector<std::string> chain_;
};

}  // namespace

std::string_view name_of(StepKind kind) noexcept {
  switch (kind) {
    case StepKind::build_root:
      return "build-root";
    case StepKind::packages:
      return "packages";
    case StepKind::program:
      return "program";
    case StepKind::modules:
      return "modules";
    case StepKind::signed_modules:
      return "signed-modules";
    case StepKind::system:
      return "system";
    case StepKind::finish:
      return "finish";
    case StepKind::module_index:
      return "module-index";
    case StepKind::initramfs:
      return "initramfs";
    case StepKind::seal:
      return "seal";
  }
  return "unknown";
}

const Step* Plan::find(std::string_view name) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.name == name; });
  return found == steps.end() ? nullptr : &*found;
}

const Step& Plan::at(std::string_view name) const {
  const Step* step = find(name);
  if (step == nullptr)
    throw Error(Fault::internal, "no step '" + std::string(name) + "' in the plan (this is a bug)");
  return *step;
}

std::vector<std::string> Plan::image_root() const {
  const Step& last = at("seal");
  std::vector<std::string> names = last.lowers;
  names.push_back(last.name);
  return names;
}

std::vector<std::string> Plan::build_root() const {
  std::vector<std::string> names;
  for (const Step& step : steps)
    if (step.kind == StepKind::build_root) names.push_back(step.name);
  return names;
}

Plan make_plan(const Inputs& inputs) { return Planner(inputs).plan(); }

}  // namespace ingot::plan
