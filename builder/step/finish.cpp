// SPDX-License-Identifier: Apache-2.0
#include "step/finish.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "plan/script_environment.hpp"
#include "step/image_manifest.hpp"
#include "step/overlay_files.hpp"
#include "step/system.hpp"

namespace ingot::step {
namespace fs = std::filesystem;

namespace {

constexpr const char* finish_step = "finish";

os::Outcome run(const Workplace& workplace, const Tree& tree, const std::string& step,
                const std::string& program, std::vector<std::string> args, std::string input = {}) {
  return run_job(workplace, {.step = step,
                             .root = tree.root(),
                             .command = {.program = program,
                                         .args = std::move(args),
                                         .env = image_environment(workplace),
                                         .stdin_text = std::move(input),
                                         .why = program}});
}

void hold_packages(const Workplace& workplace, const Tree& tree, const spec::ResolvedImage& image) {
  std::string selections;
  for (const spec::ResolvedLayer& layer : image.layers)
    for (const spec::ResolvedPackage& package : layer.packages)
      if (package.hold) selections += package.name + " hold\n";
  if (!selections.empty())
    run(workplace, tree, finish_step, "/usr/bin/dpkg", {"--set-selections"}, selections);
}

OsRelease os_release_of(const Workplace& workplace, const Tree& tree) {
  return parse_os_release(
      run(workplace, tree, finish_step, "/usr/bin/cat", {"/etc/os-release"}).output);
}

void put_manifest(const Workplace& workplace, const Tree& tree, const FinishRequest& request) {
  const std::string manifest = image_manifest(
      request.image, request.lock, os_release_of(workplace, tree), request.module_certificate);
  const auto signature = request.module_key.sign_sha256(manifest);
  const auto certificate = request.module_certificate.der();
  const fs::path files = tree.stage.scratch() / "manifest";
  const fs::path folder = files / "usr/lib/ingot";
  os::write_file(folder / "image.json", manifest);
  os::write_file(folder / "image.json.sig", std::string(signature.begin(), signature.end()));
  os::write_file(folder / "module-signing.der",
                 std::string(certificate.begin(), certificate.end()));
  put_files(workplace, tree, finish_step, files);
}

/// With an empty folder in place of each hidden one.
os::PathTrace run_watched(const Workplace& workplace, const Tree& tree, const std::string& step,
                          const std::vector<std::string>& hidden, os::Command command) {
  command.env = image_environment(workplace);
  command.why = command.program;
  os::PathTrace trace;
  run_job(workplace, {.step = step,
                      .root = tree.root(hiding_binds(hidden, tree.stage)),
                      .command = std::move(command),
                      .trace = &trace});
  return trace;
}

}  // namespace

void finish_image(const Workplace& workplace, const Tree& tree, const FinishRequest& request) {
  for (const spec::ResolvedLayer& layer : request.image.layers) {
    if (!layer.content.finish) continue;
    auto environment = plan::script_environment(request.image, layer);
    environment["INGOT_IMAGE"] = request.image.name;
    environment["INGOT_IMAGE_VERSION"] = request.image.version;
    run_script(workplace, tree, finish_step, *layer.content.finish, environment);
  }
  hold_packages(workplace, tree, request.image);
  run(workplace, tree, finish_step, "/usr/sbin/ldconfig", {});
  put_manifest(workplace, tree, request);
}

os::PathTrace make_module_index(const Workplace& workplace, const Tree& tree,
                                const spec::Kernel& kernel,
                                const std::vector<std::string>& hidden) {
  return run_watched(workplace, tree, "module-index", hidden,
                     {.program = "/usr/sbin/depmod", .args = {"-a", kernel.release}});
}

os::PathTrace make_initramfs(const Workplace& workplace, const Tree& tree,
                             const spec::Kernel& kernel, const std::vector<std::string>& hidden,
                             ModuleIndex index) {
  os::PathTrace trace;
  if (index == ModuleIndex::stale) trace = make_module_index(workplace, tree, kernel, hidden);
  trace.add(run_watched(
      workplace, tree, "initramfs", hidden,
      {.program = "/usr/sbin/update-initramfs", .args = {"-c", "-k", kernel.release}}));
  return trace;
}

}  // namespace ingot::step
