// SPDX-License-Identifier: Apache-2.0
#include "boot/machine.hpp"

#include <fcntl.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/file.hpp"

namespace ingot::boot {
namespace {

constexpr std::string_view tftp_folder = "tftp";
constexpr std::string_view boot_file = "boot.efi";
constexpr std::string_view variables_copy = "variables.fd";

// In QEMU's option lists a comma ends a value unless it is doubled.
std::string value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == ',') out += c;
  }
  return out;
}

std::string file(const std::filesystem::path& path) { return value(path.string()); }

using Arguments = std::vector<std::string>;

void add(Arguments& arguments, std::initializer_list<std::string> more) {
  arguments.insert(arguments.end(), more);
}

void add_base(Arguments& arguments, const MachineSpec& spec) {
  // An emulated processor thread for each virtual one.
  const bool kvm = spec.accelerator == AcceleratorKind::kvm;
  add(arguments, {"-nodefaults", "-no-user-config"});
  add(arguments, {"-display", "none", "-monitor", "none"});
  // A node that gives up reboots; the test is then over.
  add(arguments, {"-no-reboot"});
  add(arguments,
      {"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"});
  add(arguments, {"-machine", "q35", "-accel", kvm ? "kvm" : "tcg,thread=multi", "-cpu", "max"});
  add(arguments, {"-smp", std::to_string(spec.cpus)});
  add(arguments, {"-m", format("{}M", spec.memory.count >> 20)});
  add(arguments, {"-boot", "strict=on"});
  add(arguments,
      {"-drive",
       format("if=pflash,unit=0,format=raw,readonly=on,file={}", file(spec.firmware.code)),
       "-drive",
       format("if=pflash,unit=1,format=raw,file={}", file(spec.folder / variables_copy))});
}

void add_ports(Arguments& arguments, const MachineSpec& spec) {
  add(arguments, {"-chardev", format("file,id=serial,path={}", file(spec.folder / serial_log)),
                  "-serial", "chardev:serial"});
  add(arguments, {"-device", "virtio-serial-pci", "-chardev",
                  format("file,id=report,path={}", file(spec.folder / report_file)), "-device",
                  format("virtserialport,chardev=report,name={}", report_port)});
  add(arguments, {"-device", "virtio-rng-pci"});
}

// romfile= drops iPXE's boot ROM: the firmware's own network stack is what is tested.
void add_network(Arguments& arguments, const MachineSpec& spec) {
  std::string net = "user,id=net,ipv6=off";
  std::string card = "virtio-net-pci,netdev=net,romfile=";
  if (spec.netboot) {
    net += format(",tftp={},bootfile={}", file(spec.folder / tftp_folder), boot_file);
    card += ",bootindex=0";
  }
  add(arguments, {"-netdev", net, "-device", card});
}

void add_disk(Arguments& arguments, const MachineSpec& spec) {
  if (!spec.disk) return;
  // snapshot=on opens the image read-only and sends writes to an unlinked file in TMPDIR.
  add(arguments,
      {"-drive",
       format("if=none,id=disk,format={},snapshot=on,file={}", spec.disk_format, file(*spec.disk)),
       "-device", "virtio-blk-pci,drive=disk,bootindex=0"});
}

void add_oem_strings(Arguments& arguments, const MachineSpec& spec) {
  if (spec.oem_strings.empty()) return;
  std::string table = "type=11";
  for (const std::string& text : spec.oem_strings) table += ",value=" + value(text);
  add(arguments, {"-smbios", table});
}

void prepare(const MachineSpec& spec) {
  std::error_code error;
  std::filesystem::copy_file(spec.firmware.variables, spec.folder / variables_copy,
                             std::filesystem::copy_options::overwrite_existing, error);
  if (error) {
    throw Error(Fault::io, format("cannot copy {} to {}: {}", spec.firmware.variables.string(),
                                  spec.folder.string(), error.message()));
  }
  // The template may be read-only.
  std::filesystem::permissions(spec.folder / variables_copy, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add, error);
  for (const std::string_view name : {serial_log, report_file, qemu_log}) {
    os::write_file(spec.folder / name, "");
  }
  if (!spec.netboot) return;
  const std::filesystem::path folder = spec.folder / tftp_folder;
  os::remove_tree(folder);
  std::filesystem::create_directories(folder, error);
  std::filesystem::create_symlink(std::filesystem::absolute(*spec.netboot), folder / boot_file,
                                  error);
  if (error) {
    throw Error(Fault::io,
                format("cannot make {}: {}", (folder / boot_file).string(), error.message()));
  }
}

// A destructor does not run when we are killed; then the kernel ends QEMU.
constexpr std::string_view ends_with_us = "setpriv";

os::Command command_of(const MachineSpec& spec) {
  os::Command command;
  command.program = ends_with_us;
  command.args = {"--pdeathsig", "KILL", "--", spec.qemu.string()};
  const std::vector<std::string> arguments = machine_arguments(spec);
  command.args.insert(command.args.end(), arguments.begin(), arguments.end());
  command.env["TMPDIR"] = spec.folder.string();
  command.why = "boot the release";
  return command;
}

os::Process start(const MachineSpec& spec) {
  prepare(spec);
  const os::Fd log = os::open_file(spec.folder / qemu_log, O_WRONLY | O_TRUNC);
  return os::Process(command_of(spec), log);
}

}  // namespace

std::vector<std::string> machine_arguments(const MachineSpec& spec) {
  Arguments arguments;
  add_base(arguments, spec);
  add_ports(arguments, spec);
  add_network(arguments, spec);
  add_disk(arguments, spec);
  add_oem_strings(arguments, spec);
  return arguments;
}

os::Lack no_qemu() {
  return {"qemu-system-x86_64 is not installed", os::install_command("qemu-system-x86")};
}

std::filesystem::path find_qemu(const os::Environment& environment) {
  if (const auto found = os::find_program(environment, "qemu-system-x86_64")) return *found;
  throw os::error_of(no_qemu());
}

std::string qemu_version(const os::Runner& runner, const std::filesystem::path& qemu) {
  os::Command command;
  command.program = qemu.string();
  command.args = {"--version"};
  command.timeout = std::chrono::seconds(20);
  command.why = "ask QEMU for its version";
  const os::Outcome outcome = runner.run(command);
  if (!outcome.ok()) return {};
  constexpr std::string_view before = "QEMU emulator version ";
  const std::vector<std::string> lines = split(outcome.output, '\n');
  if (lines.empty() || !lines.front().starts_with(before)) return {};
  return std::string(trimmed(std::string_view(lines.front()).substr(before.size())));
}

Machine::Machine(const MachineSpec& spec) : process_(start(spec)) {}

std::optional<os::Outcome> Machine::poll() { return process_.poll(); }

void Machine::stop() { process_.stop(); }

}  // namespace ingot::boot
