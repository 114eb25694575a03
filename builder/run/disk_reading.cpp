// SPDX-License-Identifier: Apache-2.0
#include "run/disk_reading.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "boot/firmware.hpp"
#include "boot/machine.hpp"
#include "guest/session.hpp"
#include "os/file.hpp"
#include "store/cache_use.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

/// The probe needs firmware; where there is none, emulation needs no proof.
guest::Acceleration acceleration_of(const DiskReading& reading, const os::Environment& environment,
                                    const fs::path& scratch, Report& report) {
  if (reading.accelerator == boot::AcceleratorChoice::tcg) return guest::Acceleration::emulated;
  const boot::Accelerator found =
      boot::choose_accelerator(reading.accelerator, {.qemu = boot::find_qemu(environment),
                                                     .firmware = boot::find_firmware(),
                                                     .cpus = 1,
                                                     .device = "/dev/kvm",
                                                     .scratch = scratch,
                                                     .limit = std::chrono::seconds(8)});
  report.note(format("accelerator: {} ({})", boot::name_of(found.kind), found.why));
  return found.kind == boot::AcceleratorKind::kvm ? guest::Acceleration::kvm
                                                  : guest::Acceleration::emulated;
}

}  // namespace

void read_disk(const DiskReading& reading, const os::Environment& environment,
               const os::Runner& runner, Report& report,
               const std::function<void(guest::Guest& guest)>& look) {
  std::error_code failed;
  if (!fs::is_regular_file(reading.disk, failed)) {
    throw Error(Fault::input, format("{} is no disk image file", reading.disk.string()));
  }
  const guest::DiskFormat format = guest::disk_format_of(reading.disk);
  const store::CacheUse kept(environment.cache_folder());
  const fs::path appliance = disk_appliance(reading.kernel, environment, runner, report);
  const os::TempDir scratch("read disk", environment.get_or("TMPDIR", "/var/tmp"));
  const guest::Acceleration acceleration =
      acceleration_of(reading, environment, scratch.path(), report);
  report.note(ingot::format("opening {} ({}) in the appliance", reading.disk.string(),
                            guest::name_of(format)));
  guest::Session session({.disk = fs::absolute(reading.disk),
                          .format = format,
                          .appliance = appliance,
                          .acceleration = acceleration,
                          .scratch = scratch.path(),
                          .memory = 1_GiB},
                         report);
  look(session);
  session.close();
}

}  // namespace ingot::run
