// SPDX-License-Identifier: Apache-2.0
// `ingot verify`: is this folder the release that the key signed?
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/accelerator.hpp"
#include "cli/verb.hpp"
#include "run/deep_verification.hpp"
#include "run/release.hpp"

namespace ingot::cli {
namespace {

struct VerifyRequest {
  std::string folder;
  std::string key;
  run::VerifyOptions options;
  std::string disk;
  std::string accelerator = "auto";
  bool deep = false;
  bool allow_node_changes = false;
  bool json = false;
};

constexpr std::size_t shown_differences = 50;

run::VerifiedRelease verify(const VerifyRequest& request, const Context& context) {
  const std::filesystem::path cwd = context.environment.cwd();
  std::optional<crypto::PublicKey> key;
  if (!request.key.empty()) key = crypto::PublicKey::load(cwd / request.key);
  return run::verify_release((cwd / request.folder).lexically_normal(), key, request.options);
}

/// Looks into the disks if that was asked for.
std::vector<run::ReadDisk> verify_disks(const run::VerifiedRelease& release,
                                        const VerifyRequest& request, const Context& context) {
  if (!request.deep && request.disk.empty()) return {};
  const boot::AcceleratorChoice accelerator = accelerator_named(request.accelerator);
  const std::filesystem::path cwd = context.environment.cwd();
  run::DeepRequest deep{.folder = (cwd / request.folder).lexically_normal(),
                        .disk = {},
                        .allow_node_changes = request.allow_node_changes,
                        .accelerator = accelerator};
  if (!request.disk.empty()) deep.disk = (cwd / request.disk).lexically_normal();
  return run::verify_deep(release, deep, context.environment, os::SystemRunner(), context.report);
}

bool all_equal(const std::vector<run::ReadDisk>& disks) {
  return std::all_of(disks.begin(), disks.end(),
                     [](const run::ReadDisk& disk) { return disk.differences.empty(); });
}

nlohmann::ordered_json json_of(const std::vector<run::DiskDifference>& differences) {
  auto rows = nlohmann::ordered_json::array();
  for (const run::DiskDifference& difference : differences) {
    rows.push_back({{"partition", difference.partition},
                    {"where", difference.where},
                    {"what", difference.what},
                    {"expected", difference.expected},
                    {"found", difference.found}});
  }
  return rows;
}

void print_lines(const std::vector<run::DiskDifference>& differences, std::ostream& out) {
  for (std::size_t i = 0; i < std::min(differences.size(), shown_differences); ++i) {
    out << "  " << run::line_of(differences[i]) << "\n";
  }
  if (differences.size() > shown_differences) {
    out << format("  ... and {} more (all with --json)\n", differences.size() - shown_differences);
  }
}

void print_disks(const std::vector<run::ReadDisk>& disks, std::ostream& out) {
  for (const run::ReadDisk& disk : disks) {
    out << format("{}: {} files, {}, {}\n", disk.name, disk.files, human({disk.bytes}),
                  disk.differences.empty()
                      ? std::string("as the release says")
                      : format("{} differences from the release:", disk.differences.size()));
    print_lines(disk.differences, out);
    if (disk.node_changes.empty()) continue;
    out << format("{}: {} changes that nodes make:\n", disk.name, disk.node_changes.size());
    print_lines(disk.node_changes, out);
  }
}

void print_json(const run::VerifiedRelease& release, const std::vector<run::ReadDisk>& disks,
                std::ostream& out) {
  nlohmann::ordered_json result;
  result["verified"] = all_equal(disks);
  result["product"] = release.facts.product;
  result["version"] = release.facts.version;
  result["arch"] = release.facts.arch;
  result["development"] = release.development;
  result["keyId"] = release.key_id;
  result["files"] = nlohmann::ordered_json::array();
  for (const run::ReleaseFile& file : release.files) {
    result["files"].push_back({{"name", file.name},
                               {"role", file.role},
                               {"size", file.measured->size},
                               {"sha256", file.measured->digest.hex()}});
  }
  result["warnings"] = release.warnings;
  for (const run::ReadDisk& disk : disks) {
    result["disks"].push_back({{"name", disk.name},
                               {"files", disk.files},
                               {"differences", json_of(disk.differences)},
                               {"nodeChanges", json_of(disk.node_changes)}});
  }
  out << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void print_text(const run::VerifiedRelease& release, const Context& context) {
  for (const std::string& warning : release.warnings) context.report.warning(warning);
  if (release.development) {
    context.report.warning(
        "a development key signed this release: it proves nothing of its origin");
  }
  Bytes total;
  for (const run::ReleaseFile& file : release.files) total = total + Bytes{file.measured->size};
  context.out << format("{} {} ({}): {} files, {}, signed by {}\n", release.facts.product,
                        release.facts.version, release.facts.arch, release.files.size(),
                        human(total), release.key_id);
}

int run_verify(const VerifyRequest& request, const Context& context) {
  if (!request.json) {
    const run::VerifiedRelease release = verify(request, context);
    print_text(release, context);
    const std::vector<run::ReadDisk> disks = verify_disks(release, request, context);
    print_disks(disks, context.out);
    return all_equal(disks) ? 0 : exit_code(Fault::verification);
  }
  try {
    const run::VerifiedRelease release = verify(request, context);
    const std::vector<run::ReadDisk> disks = verify_disks(release, request, context);
    print_json(release, disks, context.out);
    return all_equal(disks) ? 0 : exit_code(Fault::verification);
  } catch (const Error& error) {
    nlohmann::ordered_json result;
    result["verified"] = false;
    result["fault"] = name_of(error.fault());
    result["message"] = error.message();
    context.out << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return exit_code(error.fault());
  }
}

}  // namespace

std::function<int(const Context&)> add_verify(CLI::App& app) {
  auto request = std::make_shared<VerifyRequest>();
  app.add_option("release", request->folder, "Folder of the release")->required()->type_name("DIR");
  app.add_option("--key", request->key, "Public key to trust (PEM)")->type_name("FILE");
  app.add_flag("--allow-dev", request->options.allow_development,
               "Accept a release that a development key signed");
  app.add_flag("--strict", request->options.strict, "Files that are not listed are a failure");
  app.add_flag("--deep", request->deep,
               "Also read the disk images in a virtual machine, and compare every file");
  app.add_option("--disk", request->disk,
                 "Read this disk, written from the release elsewhere, instead of the release's")
      ->type_name("FILE");
  app.add_flag("--allow-node-changes", request->allow_node_changes,
               "What nodes are known to write on their disk is no failure");
  app.add_option("--accel", request->accelerator, "For reading disks: auto, kvm or tcg")
      ->capture_default_str();
  app.add_flag("--json", request->json, "Print the result as JSON");
  return [request](const Context& context) { return run_verify(*request, context); };
}

}  // namespace ingot::cli
