// SPDX-License-Identifier: Apache-2.0
#include "step/modules.hpp"

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/module_signature.hpp"
#include "os/signals.hpp"

namespace ingot::step {
namespace fs = std::filesystem;

namespace {

class Compilation {
public:
  Compilation(const Workplace& workplace, const BuildRoot& build_root, store::Stage& stage,
              const std::string& step, const spec::Kernel& kernel,
              const spec::ResolvedDriver& driver)
      : workplace_(workplace),
        build_root_(build_root),
        stage_(stage),
        step_(step),
        kernel_(kernel),
        driver_(driver) {
    // The driver's Makefile writes beside its source, so the build root gets a layer of its own
    // that is thrown away.
    fs::create_directories(upper());
    fs::create_directories(stage_.scratch() / "work");
  }

  void run() {
    for (const spec::Patch& patch : driver_.patches) apply(patch);
    ask_compiler_once();
    make();
    for (const std::string& module : driver_.modules) strip(module);
  }

private:
  fs::path upper() const { return stage_.scratch() / "upper"; }

  void job(std::string program, std::vector<std::string> args, std::vector<os::Bind> binds,
           std::string place, std::string why) {
    for (os::Bind& bind : hiding_binds(build_root_.hidden, stage_))
      binds.push_back(std::move(bind));
    run_job(workplace_, {.step = step_,
                         .place = std::move(place),
                         .root = {.lowers = build_root_.lowers,
                                  .upper = upper(),
                                  .work = stage_.scratch() / "work",
                                  .binds = std::move(binds)},
                         .command = {.program = std::move(program),
                                     .args = std::move(args),
                                     .env = build_environment(workplace_),
                                     .cwd = driver_.source.source,
                                     .why = std::move(why)}});
  }

  void apply(const spec::Patch& patch) {
    const std::string inside = "/run/ingot/patch";
    job("/usr/bin/patch",
        {"--strip=1", "--forward", "--batch", "--fuzz=0", "--no-backup-if-mismatch",
         "--input=" + inside},
        {{patch.path, inside}}, spec::text_of(patch.place), "apply " + patch.name);
  }

  /// NVIDIA's Makefile tries the kernel with some 400 small programs, and for each it asks the
  /// compiler for the same three options again: a seventh of all processor time.
  void ask_compiler_once() {
    const fs::path makefile = fs::path("Kbuild");
    const fs::path inside = fs::path(driver_.source.source) / makefile;
    const bool there = std::any_of(
        build_root_.lowers.begin(), build_root_.lowers.end(),
        [&](const fs::path& lower) { return fs::exists(lower / inside.relative_path()); });
    if (!there) return;
    job("/usr/bin/sed",
        {"--in-place", "$ a NV_CONFTEST_CFLAGS := $(NV_CONFTEST_CFLAGS)", makefile.string()}, {},
        driver_.file, "ask the compiler for its options once");
  }

  void make() {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::vector<std::string> args = {
        format("-j{}", cores), "modules", "KERNEL_UNAME=" + kernel_.release,
        "CC=" + kernel_.compiler, "NV_KERNEL_MODULES=" + joined(driver_.modules, " "),
        // Debug information would be dropped again by strip(),
        // and type information (BTF) is made of it.
        "KCFLAGS=-g0", "CONFIG_DEBUG_INFO_BTF_MODULES=", "KBUILD_BUILD_USER=ingot",
        "KBUILD_BUILD_HOST=ingot"};
    try {
      job("/usr/bin/make", args, {}, driver_.file, "compile the driver's modules");
    } catch (Error& error) {
      error.add(format("compiling {} ({}) against kernel {}", driver_.version,
                       spec::name_of(driver_.flavour), kernel_.release));
      throw;
    }
  }

  void strip(const std::string& module) {
    const std::string out = "/run/ingot/out";
    job("/usr/bin/strip",
        {"--strip-debug", "--preserve-dates", "-o", out + "/" + module + ".ko", module + ".ko"},
        {{stage_.folder(), out, os::Access::read_write}}, driver_.file,
        "drop debug sections of " + module);
  }

  const Workplace& workplace_;
  const BuildRoot& build_root_;
  store::Stage& stage_;
  const std::string& step_;
  const spec::Kernel& kernel_;
  const spec::ResolvedDriver& driver_;
};

}  // namespace

void compile_modules(const Workplace& workplace, const BuildRoot& build_root, store::Stage& stage,
                     const std::string& step, const spec::Kernel& kernel,
                     const spec::ResolvedDriver& driver) {
  Compilation(workplace, build_root, stage, step, kernel, driver).run();
}

fs::path modules_folder(const spec::Kernel& kernel) {
  return fs::path("usr/lib/modules") / kernel.release / "updates/nvidia";
}

void sign_modules(const fs::path& unsigned_modules, const fs::path& target,
                  const crypto::PrivateKey& key, const crypto::Certificate& certificate) {
  fs::create_directories(target);
  for (const fs::directory_entry& entry : fs::directory_iterator(unsigned_modules)) {
    os::check_stop();
    during("signing " + entry.path().filename().string(), [&] {
      crypto::sign_module(entry.path(), target / entry.path().filename(), key, certificate);
    });
  }
}

}  // namespace ingot::step
