// SPDX-License-Identifier: Apache-2.0
#include "run/boot_record.hpp"

#include <nlohmann/json.hpp>

#include "base/duration.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/clock.hpp"

namespace ingot::run {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> ids(const SelftestReport& report, std::string_view outcome) {
  std::vector<std::string> out;
  for (const SelftestCheck& check : report.checks) {
    if (check.outcome == outcome) out.push_back(check.id);
  }
  return out;
}

Json checks_of(const SelftestReport& report) {
  Json failed = Json::array();
  for (const SelftestCheck& check : report.checks) {
    if (check.outcome != "fail") continue;
    failed.push_back({{"id", check.id}, {"severity", check.severity}, {"reason", check.reason}});
  }
  return {{"passed", ids(report, "pass")}, {"skipped", ids(report, "skip")}, {"failed", failed}};
}

Json durations_of(const BootRecord& record) {
  Json out = Json::object();
  for (const auto& [phase, since] : record.phases) {
    out[std::string(boot::name_of(phase))] = seconds(since);
  }
  out["total"] = seconds(record.took);
  return out;
}

Json files_of(const BootRecord& record) {
  Json out = Json::array();
  for (const BootedFile& file : record.files) {
    out.push_back({{"name", file.name},
                   {"role", file.role},
                   {"size", file.measured.size},
                   {"sha256", file.measured.digest.hex()}});
  }
  return out;
}

}  // namespace

std::string_view name_of(BootFormat format) noexcept {
  return format == BootFormat::netboot ? "netboot" : "disk";
}

std::string verdict_json(const BootRecord& record) {
  Json json = {
      {"schema", "ingot/boot-test/v1"},
      {"format", name_of(record.format)},
      {"class", name_of(record.judged.verdict)},
      {"reason", record.judged.reason},
      {"emulated", record.accelerator.kind == boot::AcceleratorKind::tcg},
      {"accelerator",
       {{"kind", boot::name_of(record.accelerator.kind)}, {"why", record.accelerator.why}}},
      {"qemu", record.qemu},
      {"firmware", record.firmware},
      {"cpus", record.cpus},
      {"memory_mib", record.memory_mib},
      {"kernel_line_extra", record.kernel_line_extra},
      {"started", os::rfc3339(record.started)},
      {"seconds", durations_of(record)},
      {"files", files_of(record)}};
  if (record.judged.report) json["checks"] = checks_of(*record.judged.report);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string summary_line(const BootRecord& record) {
  std::string line = format("{}: {} in {:.0f} s ({})", std::string(name_of(record.format)),
                            std::string(name_of(record.judged.verdict)), seconds(record.took),
                            std::string(boot::name_of(record.accelerator.kind)));
  if (record.judged.report) {
    const SelftestReport& report = *record.judged.report;
    line += format(", {} checks passed, {} skipped", report.count("pass"), report.count("skip"));
    if (record.judged.verdict == BootClass::passed) {
      const std::vector<std::string> skipped = ids(report, "skip");
      if (!skipped.empty()) line += ": " + joined(skipped, ", ");
      const std::vector<std::string> failed = ids(report, "fail");
      if (!failed.empty()) line += "; failed without harm: " + joined(failed, ", ");
    }
  }
  if (!record.judged.reason.empty()) line += ": " + record.judged.reason;
  return line;
}

}  // namespace ingot::run
