// SPDX-License-Identifier: Apache-2.0
// `ingot inspect`: what does this disk image hold?
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "cli/accelerator.hpp"
#include "cli/verb.hpp"
#include "run/disk_reading.hpp"
#include "run/inspection.hpp"

namespace ingot::cli {
namespace {

struct InspectRequest {
  std::string disk;
  std::string release;
  std::string accelerator = "auto";
  bool json = false;
};

nlohmann::ordered_json json_of(const run::Inspection& found) {
  nlohmann::ordered_json result;
  result["schema"] = "ingot/inspection/v1";
  result["size"] = found.table.disk.count;
  result["table"] = {{"kind", found.table.kind}, {"id", found.table.id}};
  result["partitions"] = nlohmann::ordered_json::array();
  for (const run::InspectedPartition& partition : found.partitions) {
    nlohmann::ordered_json row = {
        {"number", partition.entry.number}, {"type", partition.entry.type},
        {"id", partition.entry.id},         {"name", partition.entry.name},
        {"start", partition.entry.start},   {"size", partition.entry.size.count}};
    row["fileSystem"] = {{"type", partition.file_system.kind},
                         {"uuid", partition.file_system.uuid},
                         {"label", partition.file_system.label}};
    if (!partition.unreadable.empty()) row["unreadable"] = partition.unreadable;
    result["partitions"].push_back(std::move(row));
  }
  result["espFiles"] = nlohmann::ordered_json::array();
  for (const run::InspectedFile& file : found.esp_files) {
    result["espFiles"].push_back(
        {{"path", file.path}, {"size", file.size}, {"sha256", file.digest.hex()}});
  }
  if (found.root == 0) return result;
  result["system"] = {{"partition", found.root},
                      {"name", found.os_name},
                      {"image", found.image},
                      {"kernels", found.kernels}};
  if (found.packages) result["system"]["packages"] = *found.packages;
  return result;
}

void print_text(const run::Inspection& found, std::ostream& out) {
  out << format("disk: {}, table {} {}\n", human(found.table.disk),
                found.table.kind.empty() ? "none" : found.table.kind, found.table.id);
  for (const run::InspectedPartition& partition : found.partitions) {
    const guest::FileSystem& holds = partition.file_system;
    out << format("partition {}: {} at {}, {}, type {}, id {}\n", partition.entry.number,
                  partition.entry.name.empty() ? "no name" : partition.entry.name,
                  human({partition.entry.start}), human(partition.entry.size), partition.entry.type,
                  partition.entry.id);
    out << format("  {}\n", holds.kind.empty()
                                ? std::string("no file system")
                                : format("{}, UUID {}, label {}", holds.kind, holds.uuid,
                                         holds.label.empty() ? "none" : holds.label));
    if (!partition.unreadable.empty()) out << format("  unreadable: {}\n", partition.unreadable);
  }
  for (const run::InspectedFile& file : found.esp_files) {
    out << format("ESP: {}, {}, sha256 {}\n", archive::escaped_path(file.path), human({file.size}),
                  file.digest.hex());
  }
  if (found.root == 0) {
    out << "system: none was found\n";
    return;
  }
  out << format("system: {} on partition {}\n", found.os_name, found.root);
  if (!found.image.empty()) out << format("image: {}\n", found.image);
  out << format("kernels: {}\n", found.kernels.empty() ? "none" : joined(found.kernels, ", "));
  if (found.packages) out << format("packages: {}\n", *found.packages);
}

int run_inspect(const InspectRequest& request, const Context& context) {
  const std::filesystem::path cwd = context.environment.cwd();
  const boot::AcceleratorChoice accelerator = accelerator_named(request.accelerator);
  run::DiskReading reading{
      .disk = (cwd / request.disk).lexically_normal(), .kernel = {}, .accelerator = accelerator};
  if (!request.release.empty()) {
    reading.kernel = run::kernel_source_of((cwd / request.release).lexically_normal());
    if (!reading.kernel) {
      throw Error(Fault::input, request.release + " has not both a kernel and a rootfs tar");
    }
  }
  run::Inspection found;
  run::read_disk(reading, context.environment, os::SystemRunner(), context.report,
                 [&](guest::Guest& guest) { found = run::inspect_disk(guest); });
  if (request.json) {
    context.out << json_of(found).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                << "\n";
  } else {
    print_text(found, context.out);
  }
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_inspect(CLI::App& app) {
  auto request = std::make_shared<InspectRequest>();
  app.add_option("disk", request->disk, "Disk image, raw or qcow2")->required()->type_name("FILE");
  app.add_option("--kernel-of", request->release,
                 "Release whose kernel reads the disk (default: one used before, or the host's)")
      ->type_name("DIR");
  app.add_option("--accel", request->accelerator, "auto, kvm or tcg")->capture_default_str();
  app.add_flag("--json", request->json, "Print the result as JSON");
  return [request](const Context& context) { return run_inspect(*request, context); };
}

}  // namespace ingot::cli
