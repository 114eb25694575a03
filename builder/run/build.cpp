// SPDX-License-Identifier: Apache-2.0
#include "run/build.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "agreement/agreement.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "os/clock.hpp"
#include "os/copy.hpp"
#include "os/file.hpp"
#include "os/file_lock.hpp"
#include "plan/needed.hpp"
#include "plan/record.hpp"
#include "run/agreement_facts.hpp"
#include "run/content_progress.hpp"
#include "run/finished_tree.hpp"
#include "run/format_keys.hpp"
#include "run/format_steps.hpp"
#include "run/layer_digests.hpp"
#include "run/ledger.hpp"
#include "run/output_folder.hpp"
#include "run/plan_outlook.hpp"
#include "run/result_cost.hpp"
#include "run/schedule.hpp"
#include "run/timings.hpp"
#include "run/tree_steps.hpp"
#include "step/file_list.hpp"
#include "step/formats.hpp"
#include "step/image_manifest.hpp"

namespace ingot::run {
namespace fs = std::filesystem;

namespace {

/// Waits while another build writes the same release: its log is the lock.
os::FileLock turn_at(const fs::path& log, Report& report) {
  std::error_code failed;
  fs::create_directories(log.parent_path(), failed);
  if (failed) throw_errno("making the output folder " + log.parent_path().string(), failed.value());
  if (auto turn = os::FileLock::try_now(log)) return std::move(*turn);
  report.note(format("waiting for another build that writes {}", log.string()));
  return os::FileLock::wait(log);
}

class Build {
public:
  Build(const BuildRequest& request, const os::Runner& runner, const os::Environment& environment,
        const store::Store& store, Report& report)
      : request_(request),
        stem_(step::stem_of(request.image)),
        keys_(load_signing_keys(request.keys, environment.cache_folder())),
        turn_(turn_at(request.output / (stem_ + ".log"), report)),
        log_(request.output / (stem_ + ".log")),
        ledger_(report, os::system_clock()),
        workplace_{runner, environment, store, ledger_, log_, request.lock.epoch, &expenses_},
        plan_(plan_image(request.image, request.lock, keys_)),
        steps_(workplace_, plan_, request.image, request.lock, keys_, request.shared),
        output_(request.output, stem_),
        format_keys_(request.image, request.lock, plan_, keys_,
                     crypto::digest_of_file(environment.executable()), request.compression) {}

  BuiltRelease run() {
    const bool nothing_to_do = steps_.all_found() && formats_found();
    use_ = nothing_to_do ? TreeUse::none : TreeUse::read;
    std::vector<Work> works = tree_works();
    add_format_works(works);
    for (const Work& work : works) after_[work.name] = work.after;
    run_works(std::move(works));
    return finish();
  }

  void run_until(const std::vector<std::string>& names) {
    const std::set<std::string> needed = plan::needed_for(plan_, names);
    std::vector<Work> works = tree_works();
    std::erase_if(works, [&](const Work& work) { return !needed.contains(work.name); });
    run_works(std::move(works));
  }

private:
  using Write = std::function<std::vector<step::MadeFile>(const step::FormatRequest&)>;

  struct Format {
    std::string name;
    std::vector<std::string> after;
    Write write;
  };

  void run_works(std::vector<Work> works) {
    ledger_.steps_expected(works.size());
    const unsigned cores = std::max(2U, std::thread::hardware_concurrency());
    run_all(std::move(works), request_.workers == 0 ? cores : request_.workers);
  }

  std::vector<Work> tree_works() {
    std::vector<Work> works;
    for (const plan::Step& step : plan_.steps) {
      works.push_back({step.name, step.inputs, [this, &step] { steps_.carry_out(step, use_); }});
    }
    // The long compile starts as soon as what it needs is there, not after all installs.
    std::set<std::string> early;
    for (const plan::Step& step : plan_.steps) {
      if (step.kind != plan::StepKind::modules) continue;
      early.insert(step.name);
      early.insert(step.inputs.begin(), step.inputs.end());
    }
    std::stable_partition(works.begin(), works.end(),
                          [&](const Work& work) { return early.contains(work.name); });
    return works;
  }

  Format format_of(const std::string& name) {
    using Request = const step::FormatRequest&;
    if (name == "agreement")
      return {name, {}, [this](Request request) { return std::vector{prove_agreement(request)}; }};
    if (name == "root-image")
      return {name, {}, [this](Request request) {
                return std::vector{write_root_image(workplace_, request)};
              }};
    if (name == "kernel")
      return {name, {}, [](Request request) { return step::write_kernel_files(request); }};
    if (name == "uki")
      return {name, {"root-image"}, [this](Request request) {
                return write_netboot_uki(request, result_of("root-image").files.front());
              }};
    if (name == "disk")
      return {name, {}, [this](Request request) { return write_raw_disk(workplace_, request); }};
    if (name == "qcow2")
      return {
          name, {"disk"}, [this](Request request) {
            const FormatResult& disk = result_of("disk");
            return std::vector{write_qcow2_disk(request, disk.folder / disk.files.front().name)};
          }};
    return {name, {}, [](Request request) { return std::vector{write_rootfs_tar(request)}; }};
  }

  void add_format_works(std::vector<Work>& works) {
    works.push_back({"file-list", {"seal"}, [this] {
                       std::vector<store::Entry> layers;
                       for (const std::string& step : plan_.image_root())
                         layers.push_back(steps_.entry_of(step));
                       tree_.emplace(std::move(layers), output_.scratch() / "tree",
                                     workplace_.epoch);
                       make(file_list_task());
                       list_digest_ = result_of("file-list").files.front().measured->digest;
                     }});
    // The disk takes longest, so it starts before what else is ready.
    std::vector<std::string> names = format_names(request_.image);
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return name == "disk"; });
    for (const std::string& name : names) {
      const Format format = format_of(name);
      std::vector<std::string> after = format.after;
      after.push_back("file-list");
      const auto tools = plan_.build_root();
      after.insert(after.end(), tools.begin(), tools.end());
      works.push_back(
          {format.name, std::move(after), [this, format] { make(task_of(format, list_digest_)); }});
    }
  }

  /// Before anything runs: whether every file of the release lies in the store.
  bool formats_found() {
    const store::Store& store = workplace_.store;
    const auto list = find_format(store, workplace_.report, format_keys_.of_file_list());
    if (!list) return false;
    const Sha256 digest = list->files.front().measured->digest;
    const std::vector<std::string> names = format_names(request_.image);
    return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return find_format(store, workplace_.report, format_keys_.of(name, digest));
    });
  }

  FormatTask file_list_task() {
    return {.name = std::string(file_list_format),
            .image = request_.image.name,
            .key = format_keys_.of_file_list(),
            .write = [this](const fs::path& folder, const archive::Recall&) {
              return std::vector{step::write_file_list(request_.image, tree_->files(), folder)};
            }};
  }

  FormatTask task_of(const Format& format, const Sha256& list_digest) {
    return {
        .name = format.name,
        .image = request_.image.name,
        .key = format_keys_.of(format.name, list_digest),
        .write = [this, write = format.write, name = format.name](const fs::path& folder,
                                                                  const archive::Recall& recall) {
          return write({.image = request_.image,
                        .lock = request_.lock,
                        .files = tree_->files(),
                        .open = with_progress(
                            [this](const archive::ListedFile& file) { return tree_->open(file); },
                            tree_->files(), ledger_, name),
                        .tree = tree_->mounted(),
                        .build_root = build_root(),
                        .output = folder,
                        .compression = request_.compression,
                        .recall = recall});
        }};
  }

  void make(const FormatTask& task) {
    ledger_.timed(task.name, [&] {
      FormatResult result = carry_out(workplace_, task, request_.shared);
      for (const step::MadeFile& file : result.files) {
        if (!file.released) continue;
        os::share_file(result.folder / file.name, output_.path() / file.name);
        keep(file);
      }
      const std::scoped_lock lock(mutex_);
      const bool cached = result.cached;
      if (cached) log_.line(task.name, "taken from the store: " + task.key.hex());
      results_[task.name] = std::move(result);
      return cached ? StepOutcome::cached : StepOutcome::done;
    });
  }

  const fs::path& build_root() {
    const std::scoped_lock lock(mutex_);
    if (!build_root_)
      build_root_.emplace(steps_.mount_build_root(output_.scratch() / "build-root"));
    return build_root_->path();
  }

  const FormatResult& result_of(const std::string& name) {
    const std::scoped_lock lock(mutex_);
    return results_.at(name);
  }

  agreement::Facts facts_of_agreement(const fs::path& build_root) const {
    return agreement_facts(request_.image, request_.lock, keys_.module_certificate, build_root);
  }

  step::MadeFile prove_agreement(const step::FormatRequest& request) {
    const agreement::Facts facts = facts_of_agreement(request.build_root);
    const auto outcomes = agreement::judge_tree(request.tree, facts);
    const std::string json = agreement::agreement_json(facts, outcomes);
    for (const std::string& line : split(json, '\n')) log_.line("agreement", line);
    agreement::require_agreement(facts, outcomes);
    os::write_file(request.output / "agreement.json", json);
    return {.name = "agreement.json",
            .role = "agreement",
            .media_type = "application/json",
            .measured = {}};
  }

  void keep(const step::MadeFile& file) {
    const std::scoped_lock lock(mutex_);
    files_.push_back({file.name, file.role, file.media_type, file.measured});
  }

  void keep_text(const std::string& name, const std::string& role, const std::string& media_type,
                 const std::string& text) {
    os::write_file(output_.path() / name, text);
    keep({.name = name, .role = role, .media_type = media_type, .measured = {}});
  }

  std::string package_list() const {
    std::string text;
    for (const spec::LockedPackage& package : request_.lock.image_root)
      text += format("{}\t{}\t{}\n", package.name, package.version, package.architecture);
    return text;
  }

  Timings timings() {
    Timings timings{.image = request_.image.name,
                    .version = request_.image.version,
                    .wall = ledger_.since_start(),
                    .own = os::usage_of_self(),
                    .steps = ledger_.steps()};
    for (StepTiming& step : timings.steps) {
      const plan::Step* planned = plan_.find(step.name);
      const auto format = results_.find(step.name);
      step.after = after_[step.name];
      step.usage = expenses_.of(step.name);
      step.kind = "other";
      if (planned != nullptr) {
        step.kind = plan::name_of(planned->kind);
        step.size = cost_of(steps_.entry_of(step.name)).size;
      } else if (format != results_.end()) {
        step.kind = "format";
        step.size = size_of(format->second.files);
      }
    }
    return timings;
  }

  BuiltRelease finish() {
    tree_.reset();
    keep_text("packages.txt", "packages", "text/plain", package_list());
    keep_text(request_.image.name + ".lock", "lock", "application/yaml", render(request_.lock));
    const std::string times = timings_json(timings());
    keep_text("timings.json", "timings", "application/json", times);
    os::copy_file(log_.path(), output_.path() / "build.log");
    keep({.name = "build.log", .role = "log", .media_type = "text/plain", .measured = {}});
    write_release(output_.path(), facts(), files_, keys_.release, keys_.origin);
    os::write_file(record_file(workplace_.store, request_.image.name),
                   plan::record_json(plan_, costs_of(plan_, steps_)));
    os::write_file(timings_record(workplace_.store.folder(), request_.image.name), times);
    return {output_.commit(), keys_.origin};
  }

  ReleaseFacts facts() const {
    ReleaseFacts facts{.product = request_.image.name,
                       .version = request_.image.version,
                       .created = request_.lock.epoch,
                       .arch = request_.image.architecture,
                       .kernel_release = {},
                       .kernel_package = {},
                       .driver_version = {},
                       .driver_flavour = {},
                       .containerd_version = step::locked_version(request_.lock, "containerd")};
    if (request_.image.kernel) {
      facts.kernel_release = request_.image.kernel->release;
      facts.kernel_package =
          request_.image.kernel->image.package + "=" + request_.image.kernel->image.version;
    }
    if (request_.image.driver) {
      facts.driver_version = request_.image.driver->version;
      facts.driver_flavour = spec::name_of(request_.image.driver->flavour);
    }
    return facts;
  }

  const BuildRequest& request_;
  std::string stem_;
  SigningKeys keys_;
  os::FileLock turn_;  ///< one build at a time writes a log and the release of its name
  step::Log log_;
  Ledger ledger_;
  step::Expenses expenses_;
  step::Workplace workplace_;
  plan::Plan plan_;
  TreeSteps steps_;
  OutputFolder output_;
  FormatKeys format_keys_;
  TreeUse use_ = TreeUse::read;
  std::optional<FinishedTree> tree_;
  std::optional<os::OverlayMount> build_root_;
  Sha256 list_digest_;
  std::map<std::string, std::vector<std::string>> after_;  ///< what each work waits for
  std::mutex mutex_;
  std::map<std::string, FormatResult> results_;
  std::vector<ReleaseFile> files_;
};

}  // namespace

plan::Plan plan_image(const spec::ResolvedImage& image, const spec::Lock& lock,
                      const SigningKeys& keys) {
  return plan::make_plan({.image = image,
                          .lock = lock,
                          .layers = layer_digests(image),
                          .patches = patch_digests(image),
                          .module_certificate = keys.module_certificate.fingerprint()});
}

BuiltRelease build_image(const BuildRequest& request, const os::Runner& runner,
                         const os::Environment& environment, const store::Store& store,
                         Report& report) {
  return Build(request, runner, environment, store, report).run();
}

void build_steps(const BuildRequest& request, const std::vector<std::string>& steps,
                 const os::Runner& runner, const os::Environment& environment,
                 const store::Store& store, Report& report) {
  Build(request, runner, environment, store, report).run_until(steps);
}

}  // namespace ingot::run
