// SPDX-License-Identifier: Apache-2.0
#include "run/boot_test.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "boot/firmware.hpp"
#include "boot/http_server.hpp"
#include "boot/machine.hpp"
#include "crypto/hasher.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/file_lock.hpp"
#include "os/process.hpp"
#include "run/boot_watch.hpp"
#include "run/release_files.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

using Files = std::map<std::string, fs::path>;

constexpr std::string_view stub_words = "io.systemd.stub.kernel-cmdline-extra=";

/// What all boots of one run share.
struct Host {
  fs::path qemu;
  std::string qemu_version;
  boot::Firmware firmware;
  boot::Accelerator accelerator;
};

/// What a boot takes of the release; a release may have its disk in one form only.
std::vector<std::string> roles_of(BootFormat format, const Files& files) {
  if (format == BootFormat::netboot) return {"uki", "root-image"};
  return {files.count("disk-raw") == 1 ? "disk-raw" : "disk-qcow2"};
}

bool has(const Files& files, BootFormat format) {
  const std::vector<std::string> roles = roles_of(format, files);
  return std::all_of(roles.begin(), roles.end(),
                     [&](const std::string& role) { return files.count(role) == 1; });
}

std::vector<BootFormat> formats_of(const BootTestRequest& request, const Files& files) {
  if (!request.formats.empty()) {
    for (const BootFormat format : request.formats) {
      if (has(files, format)) continue;
      throw Error(Fault::input, ingot::format("{} has no {} format", request.release.string(),
                                              std::string(name_of(format))));
    }
    return request.formats;
  }
  std::vector<BootFormat> found;
  for (const BootFormat format : {BootFormat::netboot, BootFormat::disk}) {
    if (has(files, format)) found.push_back(format);
  }
  if (found.empty()) {
    throw Error(Fault::input,
                format("{} has nothing that boots: neither a UKI with its root image nor a disk",
                       request.release.string()));
  }
  return found;
}

void check_words(const std::string& words) {
  for (const char c : words) {
    if (c < ' ' || c > '~') {
      throw Error(Fault::input, "the extra kernel line holds a character that is no plain text");
    }
  }
}

/// Files of a machine that nobody needs afterwards; removed, or moved to where they are kept.
class Scratch {
public:
  Scratch(fs::path folder, std::optional<fs::path> keep)
      : folder_(std::move(folder)), keep_(std::move(keep)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (keep_) {
      fs::create_directories(*keep_, ignored);
      fs::copy(folder_, *keep_,
               fs::copy_options::recursive | fs::copy_options::overwrite_existing |
                   fs::copy_options::copy_symlinks,
               ignored);
    }
    fs::remove_all(folder_, ignored);
  }

private:
  fs::path folder_;
  std::optional<fs::path> keep_;
};

fs::path fresh_folder(const fs::path& path) {
  os::remove_tree(path);
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw Error(Fault::io, format("cannot make {}: {}", path.string(), error.message()));
  }
  return path;
}

Host prepare_host(const BootTestRequest& request, const os::Environment& environment,
                  const fs::path& results, Report& report) {
  Host host;
  host.qemu = boot::find_qemu(environment);
  host.firmware = boot::find_firmware();
  host.qemu_version = boot::qemu_version(os::SystemRunner(), host.qemu);
  const fs::path folder = fresh_folder(results / "probe");
  const Scratch scratch(folder, std::nullopt);
  host.accelerator =
      boot::choose_accelerator(request.accelerator, {.qemu = host.qemu,
                                                     .firmware = host.firmware,
                                                     .cpus = request.cpus,
                                                     .device = "/dev/kvm",
                                                     .scratch = folder,
                                                     .limit = std::chrono::seconds(8)});
  report.note(format("accelerator: {} ({})", std::string(boot::name_of(host.accelerator.kind)),
                     host.accelerator.why));
  return host;
}

boot::MachineSpec spec_of(const BootTestRequest& request, BootFormat format, const Host& host,
                          const Files& files, const fs::path& folder) {
  boot::MachineSpec spec;
  spec.qemu = host.qemu;
  spec.accelerator = host.accelerator.kind;
  spec.firmware = host.firmware;
  spec.cpus = request.cpus;
  spec.memory = request.memory.count != 0 ? request.memory : 2_GiB;
  spec.folder = folder;
  if (format == BootFormat::disk) {
    const std::string role = roles_of(format, files).front();
    spec.disk = files.at(role);
    spec.disk_format = role == "disk-raw" ? "raw" : "qcow2";
  } else {
    spec.netboot = files.at("uki");
    // The root image lives in the node's memory.
    const std::uint64_t image = fs::file_size(files.at("root-image"));
    if (request.memory.count == 0) spec.memory = spec.memory + Bytes{round_up(image, 1U << 20)};
  }
  if (!request.kernel_line_extra.empty()) {
    spec.oem_strings.push_back(std::string(stub_words) + request.kernel_line_extra);
  }
  return spec;
}

std::unique_ptr<boot::HttpServer> serve_root(const fs::path& root, boot::MachineSpec& spec) {
  auto server = std::make_unique<boot::HttpServer>(
      std::map<std::string, fs::path>{{root.filename().string(), root}});
  spec.oem_strings.push_back(
      format("ingot.mirror=http://{}:{}", boot::host_address, server->port()));
  // A node in the field tries longer; a test wants to know.
  spec.oem_strings.emplace_back("ingot.rounds=2");
  return server;
}

std::chrono::seconds limit_of(const BootTestRequest& request, const Host& host) {
  if (request.timeout.count() != 0) return request.timeout;
  return std::chrono::seconds(host.accelerator.kind == boot::AcceleratorKind::kvm ? 300 : 900);
}

std::vector<BootedFile> measure(const std::vector<std::string>& roles, const Files& files) {
  std::vector<BootedFile> out;
  for (const std::string& role : roles) {
    const fs::path& path = files.at(role);
    out.push_back({path.filename().string(), role, crypto::measure_file(path)});
  }
  return out;
}

void keep_results(const fs::path& machine_folder, const fs::path& folder, const BootRecord& record,
                  const BootObservation& seen) {
  const auto copy = [&](std::string_view name) {
    std::error_code ignored;
    if (fs::file_size(machine_folder / name, ignored) == 0) return;
    fs::copy_file(machine_folder / name, folder / name, fs::copy_options::overwrite_existing,
                  ignored);
  };
  copy(boot::serial_log);
  if (seen.qemu_exit_code) copy(boot::qemu_log);
  if (seen.report) os::write_file(folder / "report.json", *seen.report + "\n");
  os::write_file(folder / "verdict.json", verdict_json(record));
}

BootResult boot_once(const BootTestRequest& request, BootFormat format, const Host& host,
                     const Files& files, const fs::path& results, Report& report) {
  const std::string name{name_of(format)};
  const std::string step = "boot " + name;
  report.step_started(step);

  BootResult result;
  result.folder = fresh_folder(results / name);
  const fs::path machine_folder = fresh_folder(result.folder / "machine");
  std::optional<fs::path> keep;
  if (request.keep) keep = *request.keep / name;
  const Scratch scratch(machine_folder, keep);

  boot::MachineSpec spec = spec_of(request, format, host, files, machine_folder);
  std::unique_ptr<boot::HttpServer> server;
  if (format == BootFormat::netboot) server = serve_root(files.at("root-image"), spec);

  BootRecord& record = result.record;
  record.format = format;
  record.accelerator = host.accelerator;
  record.qemu = host.qemu_version;
  record.firmware = host.firmware.code.string();
  record.cpus = spec.cpus;
  record.memory_mib = spec.memory.count >> 20;
  record.kernel_line_extra = request.kernel_line_extra;
  record.files = measure(roles_of(format, files), files);
  record.started = os::system_clock().unix_time();

  boot::Machine machine(spec);
  const WatchedBoot boot = watch_boot(
      machine, machine_folder, limit_of(request, host),
      [&](boot::BootPhase phase, std::chrono::milliseconds since) {
        report.note(ingot::format("{}: {} after {:.1f} s", name, std::string(boot::name_of(phase)),
                                  static_cast<double>(since.count()) / 1000));
      });
  record.judged = judge_boot(boot.seen);
  record.phases = boot.phases;
  record.took = boot.took;
  machine.stop();
  keep_results(machine_folder, result.folder, record, boot.seen);
  result.summary = summary_line(record);
  const bool passed = record.judged.verdict == BootClass::passed;
  report.step_finished(step, passed ? StepOutcome::done : StepOutcome::failed, boot.took,
                       name_of(record.judged.verdict));
  return result;
}

}  // namespace

std::vector<BootResult> test_release(const BootTestRequest& request,
                                     const os::Environment& environment, Report& report) {
  // "out/x/" and "out/x" are one folder.
  fs::path release = fs::weakly_canonical(request.release);
  if (release.filename().empty()) release = release.parent_path();
  check_words(request.kernel_line_extra);
  const Files files = release_files(release);
  const std::vector<BootFormat> formats = formats_of(request, files);

  const fs::path results = release.string() + ".test";
  std::error_code error;
  fs::create_directories(results, error);
  if (error) {
    throw Error(Fault::io, format("cannot make {}: {}", results.string(), error.message()));
  }
  const auto lock = os::FileLock::try_now(results / ".lock");
  if (!lock) {
    throw Error(Fault::environment, format("another test writes {} right now", results.string()));
  }
  const Host host = prepare_host(request, environment, results, report);
  std::vector<BootResult> out;
  for (const BootFormat format : formats) {
    out.push_back(during(ingot::format("testing the {} format", std::string(name_of(format))),
                         [&] { return boot_once(request, format, host, files, results, report); }));
  }
  return out;
}

}  // namespace ingot::run
