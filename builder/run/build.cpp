// SPDX-License-Identifier: Apache-2.0
#include "run/build.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "agreement/agreement.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/clock.hpp"
#include "os/copy.hpp"
#include "os/file.hpp"
#include "os/file_lock.hpp"
#include "run/agreement_facts.hpp"
#include "run/layer_digests.hpp"
#include "run/output_folder.hpp"
#include "run/schedule.hpp"
#include "run/tree_steps.hpp"
#include "step/file_list.hpp"
#include "step/formats.hpp"
#include "step/image_manifest.hpp"

namespace ingot::run {
namespace fs = std::filesystem;

namespace {

/// Times of steps, and the reporting of those that are not trees.
class Ledger {
public:
  explicit Ledger(Report& report) : report_(report) {}

  template <class Make>
  void timed(const std::string& name, Make make) {
    const auto start = os::system_clock().steady();
    report_.step_started(name);
    const auto took = [&] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() -
                                                                   start);
    };
    try {
      make();
    } catch (...) {
      report_.step_finished(name, StepOutcome::failed, took(), "");
      throw;
    }
    report_.step_finished(name, StepOutcome::done, took(), "");
    note(name, took());
  }

  void note(const std::string& name, std::chrono::milliseconds took) {
    const std::scoped_lock lock(mutex_);
    milliseconds_[name] = took.count();
  }

  std::string json() const {
    const nlohmann::json steps = milliseconds_;
    return nlohmann::json{{"schema", "ingot/timings/v1"}, {"milliseconds", steps}}.dump(1) + "\n";
  }

private:
  Report& report_;
  std::mutex mutex_;
  std::map<std::string, std::int64_t> milliseconds_;
};

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
        workplace_{runner, environment, store, report, log_, request.lock.epoch},
        plan_(plan_image(request.image, request.lock, keys_)),
        steps_(workplace_, plan_, request.image, request.lock, keys_),
        ledger_(report),
        output_(request.output, stem_) {}

  BuiltRelease run() {
    std::vector<Work> works = tree_works();
    add_format_works(works);
    const unsigned cores = std::max(2U, std::thread::hardware_concurrency());
    run_all(std::move(works), request_.workers == 0 ? cores : request_.workers);
    return finish();
  }

private:
  std::vector<Work> tree_works() {
    std::vector<Work> works;
    for (const plan::Step& step : plan_.steps) {
      works.push_back({step.name, step.inputs, [this, &step] {
                         const auto start = os::system_clock().steady();
                         steps_.carry_out(step);
                         ledger_.note(step.name,
                                      std::chrono::duration_cast<std::chrono::milliseconds>(
                                          os::system_clock().steady() - start));
                       }});
    }
    // The long compile starts as soon as its build root is there, not after all installs.
    std::stable_sort(works.begin(), works.end(), [](const Work& a, const Work& b) {
      const auto early = [](const Work& work) {
        return work.name == "build-root" || work.name.starts_with("modules/");
      };
      return early(a) && !early(b);
    });
    return works;
  }

  void add_format_works(std::vector<Work>& works) {
    const auto add = [&](const std::string& name, std::vector<std::string> after, auto make) {
      works.push_back({name, std::move(after), [this, name, make] { ledger_.timed(name, make); }});
    };
    add("tree", {"seal", "build-root"}, [this] { mount(); });
    add("file-list", {"tree"}, [this] {
      formats_->files = step::list_files(workplace_, *formats_);
      keep(write_file_list(*formats_));
    });
    add("agreement", {"tree"}, [this] { prove_agreement(); });
    if (request_.image.has_format(spec::ImageFormat::netboot)) {
      add("root-image", {"file-list"}, [this] {
        root_image_ = write_root_image(workplace_, *formats_);
        keep(root_image_.file);
      });
      add("kernel", {"tree"}, [this] {
        for (const step::MadeFile& file : write_kernel_files(workplace_, *formats_)) keep(file);
      });
      add("uki", {"root-image"}, [this] {
        for (const step::MadeFile& file : write_netboot_uki(workplace_, *formats_, root_image_))
          keep(file);
      });
    }
    const bool qcow2 = request_.image.has_format(spec::ImageFormat::qcow2);
    if (qcow2 || request_.image.has_format(spec::ImageFormat::disk)) {
      add("disk", {"tree"}, [this] {
        disk_ = write_raw_disk(workplace_, *formats_);
        for (const step::MadeFile& file : disk_.files) keep(file);
      });
    }
    if (qcow2) add("qcow2", {"disk"}, [this] { keep(write_qcow2_disk(*formats_, disk_)); });
    if (request_.image.has_format(spec::ImageFormat::tar))
      add("rootfs-tar", {"file-list"}, [this] { keep(write_rootfs_tar(*formats_)); });
  }

  void mount() {
    const fs::path target = output_.scratch() / "tree";
    fs::create_directory(target);
    tree_.emplace(os::SandboxRoot{.lowers = steps_.trees_of(plan_.image_root())}, target);
    formats_.emplace(step::FormatRequest{.image = request_.image,
                                         .lock = request_.lock,
                                         .tree = target,
                                         .build_root = steps_.tree_of("build-root"),
                                         .output = output_.path(),
                                         .scratch = output_.scratch()});
  }

  void prove_agreement() {
    const agreement::Facts facts = agreement_facts(request_.image, request_.lock,
                                                   keys_.module_certificate, formats_->build_root);
    const auto outcomes = agreement::judge_tree(formats_->tree, facts);
    const std::string json = agreement::agreement_json(facts, outcomes);
    for (const std::string& line : split(json, '\n')) log_.line("agreement", line);
    agreement::require_agreement(facts, outcomes);
    keep_text("agreement.json", "agreement", "application/json", json);
  }

  void keep(const step::MadeFile& file) {
    const std::scoped_lock lock(mutex_);
    files_.push_back({file.name, file.role, file.media_type, file.measured});
  }

  void keep_text(const std::string& name, const std::string& role, const std::string& media_type,
                 const std::string& text) {
    os::write_file(output_.path() / name, text);
    keep({name, role, media_type, {}});
  }

  std::string package_list() const {
    std::string text;
    for (const spec::LockedPackage& package : request_.lock.image_root)
      text += format("{}\t{}\t{}\n", package.name, package.version, package.architecture);
    return text;
  }

  BuiltRelease finish() {
    tree_.reset();
    keep_text("packages.txt", "packages", "text/plain", package_list());
    keep_text(request_.image.name + ".lock", "lock", "application/yaml", render(request_.lock));
    keep_text("timings.json", "timings", "application/json", ledger_.json());
    os::copy_file(log_.path(), output_.path() / "build.log");
    keep({"build.log", "log", "text/plain", {}});
    write_release(output_.path(), facts(), files_, keys_.release, keys_.origin);
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
  step::Workplace workplace_;
  plan::Plan plan_;
  TreeSteps steps_;
  Ledger ledger_;
  OutputFolder output_;
  std::optional<os::OverlayMount> tree_;
  std::optional<step::FormatRequest> formats_;
  step::MadeRootImage root_image_;
  step::MadeDisk disk_;
  std::mutex mutex_;
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

}  // namespace ingot::run
