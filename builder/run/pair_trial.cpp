// SPDX-License-Identifier: Apache-2.0
#include "run/pair_trial.hpp"

#include <algorithm>
#include <array>

#include "agreement/agreement.hpp"
#include "base/format.hpp"
#include "os/file.hpp"
#include "run/agreement_facts.hpp"
#include "run/boot_test.hpp"
#include "run/build.hpp"
#include "run/definitions.hpp"
#include "run/fetching.hpp"
#include "run/locking.hpp"
#include "run/tree_steps.hpp"
#include "step/modules.hpp"

namespace ingot::run {
namespace fs = std::filesystem;

namespace {

// What modules must hold before there is a tree around them.
constexpr std::array<std::string_view, 6> module_rules = {"kmod.present", "kmod.vermagic",
                                                          "kmod.symbols", "kmod.version",
                                                          "kmod.flavour", "kmod.signature"};

bool is_finding(const Error& error) {
  return error.fault() == Fault::step_failed || error.fault() == Fault::verification;
}

std::string locked_in(const std::vector<spec::LockedPackage>& root, const std::string& name) {
  const auto found = std::find_if(root.begin(), root.end(),
                                  [&](const auto& package) { return package.name == name; });
  return found == root.end() ? name : name + " " + found->version;
}

class Trial {
public:
  Trial(const ReadyPair& ready, const MatrixRequest& request, fs::path folder,
        const store::Store& store, const os::Runner& runner, const os::Environment& environment,
        Report& report)
      : ready_(ready),
        request_(request),
        folder_(std::move(folder)),
        store_(store),
        runner_(runner),
        environment_(environment),
        report_(report) {}

  spec::FoundPair run(bool boot) {
    found_.kernel = locked_in(ready_.lock.image_root, ready_.image.kernel->image.package);
    found_.driver = locked_in(ready_.lock.build_root, ready_.image.driver->source.package);
    found_.compiler = locked_in(ready_.lock.build_root, ready_.image.kernel->compiler);
    build_modules();
    if (found_.builds == spec::Tried::yes && boot) boot_image();
    return found_;
  }

private:
  void build_modules() {
    fs::create_directories(folder_);
    step::Log log(folder_ / "modules.log");
    try {
      compile_and_check(log);
      found_.builds = spec::Tried::yes;
    } catch (const Error& error) {
      if (!is_finding(error)) throw;
      found_.builds = spec::Tried::no;
      found_.error = first_error(os::read_file(log.path()), error.message());
    }
  }

  /// The steps of an image build, as far as modules go.
  void compile_and_check(step::Log& log) {
    const SigningKeys keys = load_signing_keys({}, environment_.cache_folder());
    const plan::Plan plan = plan_image(ready_.image, ready_.lock, keys);
    const step::Workplace workplace{runner_, environment_, store_, report_, log, ready_.lock.epoch};
    TreeSteps steps(workplace, plan, ready_.image, ready_.lock, keys);
    for (const std::string& step : plan.build_root()) steps.carry_out(plan.at(step), TreeUse::read);
    const auto modules =
        std::find_if(plan.steps.begin(), plan.steps.end(),
                     [](const plan::Step& step) { return step.kind == plan::StepKind::modules; });
    if (modules == plan.steps.end())
      throw Error(Fault::input,
                  format("{}: no layer receives the driver's modules", ready_.image.file));
    steps.carry_out(*modules, TreeUse::read);

    const os::TempDir tree("modules", folder_);
    step::sign_modules(steps.tree_of(modules->name),
                       tree.path() / step::modules_folder(*ready_.image.kernel), keys.module,
                       keys.module_certificate);
    const auto der = keys.module_certificate.der();
    os::write_file(tree.path() / agreement::certificate_path, std::string(der.begin(), der.end()));
    const os::TempDir place("build-root", folder_);
    const os::OverlayMount build_root = steps.mount_build_root(place.path());
    const agreement::Facts facts =
        agreement_facts(ready_.image, ready_.lock, keys.module_certificate, build_root.path());
    auto outcomes = agreement::judge_tree(tree.path(), facts);
    std::erase_if(outcomes, [](const agreement::RuleOutcome& outcome) {
      return std::find(module_rules.begin(), module_rules.end(), outcome.rule->id) ==
             module_rules.end();
    });
    agreement::require_agreement(facts, outcomes);
  }

  void boot_image() {
    try {
      const BuiltRelease built =
          build_image({.image = ready_.image, .lock = ready_.lock, .output = folder_, .keys = {}},
                      runner_, environment_, store_, report_);
      boot(built.folder);
    } catch (const Error& error) {
      if (!is_finding(error)) throw;
      found_.boots = spec::Tried::no;
      found_.error = first_error({}, error.message());
    }
  }

  void boot(const fs::path& release) {
    BootTestRequest request;
    request.release = release;
    request.formats = {request_.format};
    request.accelerator = request_.accelerator;
    const BootRecord record = test_release(request, environment_, report_).front().record;
    found_.boots = record.judged.verdict == BootClass::passed ? spec::Tried::yes : spec::Tried::no;
    if (found_.boots == spec::Tried::yes)
      os::remove_tree(release);  // gigabytes that say no more; log and report stay
    else
      found_.error = first_error({}, record.judged.reason);
  }

  const ReadyPair& ready_;
  const MatrixRequest& request_;
  fs::path folder_;
  const store::Store& store_;
  const os::Runner& runner_;
  const os::Environment& environment_;
  Report& report_;
  spec::FoundPair found_;
};

}  // namespace

ReadyPair prepare_pair(const spec::Pair& pair, const MatrixRequest& request, Mirrors& mirrors,
                       const store::Store& store, const os::Runner& runner,
                       const os::Environment& environment, Report& report) {
  spec::Diagnostics diagnostics;
  ReadyPair ready{.image = spec::resolve(request.project, pair, diagnostics), .lock = {}};
  diagnostics.throw_if_any();
  // A release with one format is enough to boot, and its tree is the same.
  ready.image.formats = {request.format == BootFormat::disk ? spec::ImageFormat::disk
                                                            : spec::ImageFormat::netboot};
  const auto of_image = load_lock(ready.image);
  if (of_image && of_image->definitions == definitions_digest(ready.image)) {
    ready.lock = *of_image;
  } else if (request.locked) {
    throw Error(Fault::difference,
                format("the lock of {} is for another pair, and --locked makes no new one",
                       ready.image.name));
  } else {
    ready.lock =
        make_lock({.image = ready.image, .previous = of_image, .names = {}, .fetch = request.fetch},
                  mirrors, store, runner, environment, report)
            .lock;
  }
  fetch_locked({.lock = ready.lock, .sources = {}, .fetch = request.fetch}, mirrors, store, report);
  return ready;
}

spec::FoundPair try_pair(const ReadyPair& ready, const spec::Pair& pair,
                         const MatrixRequest& request, const store::Store& store,
                         const os::Runner& runner, const os::Environment& environment,
                         Report& report) {
  std::string name = name_of(pair);
  std::replace(name.begin(), name.end(), '/', '_');
  const bool boot = request.boot && pair.boots != spec::Tried::untested;
  return Trial(ready, request, request.work / name, store, runner, environment, report).run(boot);
}

}  // namespace ingot::run
