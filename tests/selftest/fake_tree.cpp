// SPDX-License-Identifier: Apache-2.0
#include "fake_tree.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "broken.hpp"
#include "fake_files.hpp"

namespace selftest_test {

namespace fs = std::filesystem;
using ingot::selftest::Node;
using ingot::selftest::Result;

namespace {

const std::vector<std::string> module_names{"nvidia", "nvidia-uvm", "nvidia-modeset", "nvidia-drm",
                                            "nvidia-peermem"};

fs::path temporary_folder() {
  std::string name = (fs::temp_directory_path() / "selftest-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

nlohmann::json healthy_manifest() {
  nlohmann::json packages = nlohmann::json::array();
  for (const char* name : {"libcuda1", "libnvidia-ml1", "nvidia-smi"}) {
    packages.push_back({{"name", name}, {"version", "550.163.01-2"}, {"hold", true}});
  }
  packages.push_back({{"name", "base-files"}, {"version", "13.8"}, {"hold", false}});
  return {{"schema", "ingot/image/v1"},
          {"image", "debian-13-nvidia-driver"},
          {"version", "2026.11.1"},
          {"architecture", "amd64"},
          {"os", {{"id", "debian"}, {"version_id", "13"}}},
          {"kernel", {{"release", kernel}, {"package", "linux-image"}, {"version", "6.12.117-1"}}},
          {"driver",
           {{"version", driver},
            {"flavour", "proprietary"},
            {"package_version", "550.163.01-2"},
            {"modules", module_names},
            {"firmware", std::string("/usr/lib/firmware/nvidia/") + driver}}},
          {"signer", {{"subject", "ingot development module key"}, {"sha256", ""}}},
          {"containerd", {{"version", "1.7.24~ds1-6"}}},
          {"profile", {{"gpus", "optional"}}},
          {"packages", packages},
          {"kernel_line",
           {"console=tty0 console=ttyS0,115200n8", "modprobe.blacklist=nouveau,nova_core"}}};
}

void write_packages(FakeTree& tree) {
  std::string status;
  for (const auto& package : tree.manifest["packages"]) {
    const std::string want = package["hold"].get<bool>() ? "hold" : "install";
    status +=
        "Package: " + package["name"].get<std::string>() + "\nStatus: " + want +
        " ok installed\nArchitecture: amd64\nVersion: " + package["version"].get<std::string>() +
        "\nDescription: a\n longer text\n .\n\n";
  }
  tree.write("/var/lib/dpkg/status", status);
}

void write_driver(FakeTree& tree) {
  std::string index;
  for (const std::string& name : module_names) {
    index += "updates/nvidia/" + name +
             ".ko:" + (name == "nvidia" ? "" : " updates/nvidia/nvidia.ko") + "\n";
    tree.module(name);
  }
  tree.write(std::string("/usr/lib/modules/") + kernel + "/modules.dep", index);
  std::vector<CacheEntry> entries;
  for (const std::string name : {"libcuda.so", "libnvidia-ml.so"}) {
    const std::string base = std::string(libraries) + "/";
    tree.write(base + "nvidia/current/" + name + "." + driver, "library");
    tree.link(base + "nvidia/current/" + name + ".1", name + "." + driver);
    tree.link(base + name + ".1", "nvidia/current/" + name + ".1");
    entries.push_back({.name = name + ".1", .path = base + name + ".1"});
    entries.push_back({.name = name + ".1", .path = "/usr/lib32/" + name + ".1", .flags = 3});
  }
  tree.write("/etc/ld.so.cache", library_cache(entries));
  tree.write("/usr/bin/nvidia-smi", "#!program", true);
  const std::string firmware = std::string("/usr/lib/firmware/nvidia/") + driver;
  for (const char* name : {"/gsp_ga10x.bin", "/gsp_tu10x.bin"}) {
    tree.write(firmware + name,
               "\x7f"
               "ELF" +
                   std::string(8192, 'x'));
  }
  tree.write("/sys/module/firmware_class/parameters/path", "\n");
  tree.write("/etc/modprobe.d/gpu.conf", "# rivals\nblacklist nouveau\nblacklist nova-core\n");
  tree.write("/proc/modules", "overlay 200704 0 - Live 0x0000000000000000\n");
}

void write_services(FakeTree& tree) {
  const std::string units = "/usr/lib/systemd/system/";
  tree.write(units + "apt-daily.timer", "[Timer]\n");
  tree.write(units + "apt-daily-upgrade.timer", "[Timer]\n");
  tree.link("/etc/systemd/system/apt-daily.timer", "/dev/null");
  tree.link("/etc/systemd/system/apt-daily-upgrade.timer", "/dev/null");
  tree.write("/dev/null", "");
  tree.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nnvpd:x:120:120::/run:/bin/false\n");
  tree.write(units + "nvidia-persistenced.service", "[Service]\nExecStart=/x --user nvpd\n");
  tree.write(units + "nvidia-persistenced.service.d/10.conf",
             "[Unit]\nConditionPathExists=/proc/driver/nvidia/version\n");
  tree.link("/etc/systemd/system/multi-user.target.wants/nvidia-persistenced.service",
            units + "nvidia-persistenced.service");
  tree.write("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
  tree.write("/usr/bin/containerd", "program", true);
  tree.write("/etc/containerd/config.toml", R"(version = 2
imports = ["/etc/containerd/conf.d/*.toml"]
disabled_plugins = []
[plugins."io.containerd.grpc.v1.cri"]
  enable_cdi = true
  cdi_spec_dirs = ["/etc/cdi", "/var/run/cdi"]
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = true
)");
}

}  // namespace

FakeTree::FakeTree() : manifest(healthy_manifest()), root_(temporary_folder()) {
  write("/usr/lib/os-release", "ID=debian\nVERSION_ID=\"13\"\n# comment\n");
  link("/etc/os-release", "../usr/lib/os-release");
  write("/proc/sys/kernel/osrelease", std::string(kernel) + "\n");
  write("/proc/cmdline",
        "root=x console=tty0 console=ttyS0,115200n8 modprobe.blacklist=nouveau,nova_core\n");
  write(std::string("/boot/vmlinuz-") + kernel, "kernel");
  write_packages(*this);
  write_driver(*this);
  write_services(*this);
  seal();
}

FakeTree::~FakeTree() {
  std::error_code error;
  fs::remove_all(root_, error);
}

void FakeTree::write(const std::string& absolute, const std::string& text, bool executable) {
  fs::create_directories(at(absolute).parent_path());
  fs::remove(at(absolute));
  std::ofstream(at(absolute), std::ios::binary) << text;
  if (executable) fs::permissions(at(absolute), fs::perms::owner_exec, fs::perm_options::add);
}

void FakeTree::replace(const std::string& absolute, const std::string& from,
                       const std::string& to) {
  std::ostringstream text;
  text << std::ifstream(at(absolute), std::ios::binary).rdbuf();
  std::string changed = text.str();
  const auto place = changed.find(from);
  if (place == std::string::npos) throw std::runtime_error(absolute + " does not hold " + from);
  write(absolute, changed.replace(place, from.size(), to));
}

void FakeTree::remove(const std::string& absolute) {
  if (fs::remove_all(at(absolute)) == 0) throw std::runtime_error(absolute + " is not there");
}

void FakeTree::link(const std::string& absolute, const std::string& target) {
  fs::create_directories(at(absolute).parent_path());
  fs::remove(at(absolute));
  fs::create_symlink(target, at(absolute));
}

void FakeTree::seal(const Signer& signer) {
  if (manifest["signer"]["sha256"] == "") {
    manifest["signer"]["sha256"] = module_key().certificate_sha256();
  }
  const std::string text = manifest.dump(1);
  write("/usr/lib/ingot/image.json", text);
  write("/usr/lib/ingot/image.json.sig", signer.sign(text));
  write("/usr/lib/ingot/module-signing.der", module_key().certificate());
}

void FakeTree::module(const std::string& name, const std::string& version,
                      const std::string& release, const std::string& license,
                      const Signer& signer) {
  const std::string content =
      elf_module({"license=" + license, "version=" + version, "name=" + name,
                  "vermagic=" + release + " SMP preempt mod_unload modversions "});
  write(std::string(modules) + "/" + name + ".ko", signed_module_file(content, signer));
}

void FakeTree::gpus(int count) {
  for (int i = 0; i < count; ++i) {
    const std::string address = "0000:" + std::to_string(10 + i) + ":00.0";
    write("/sys/bus/pci/devices/" + address + "/vendor", "0x10de\n");
    write("/sys/bus/pci/devices/" + address + "/class", i == 0 ? "0x030000\n" : "0x030200\n");
    write("/proc/driver/nvidia/gpus/" + address + "/information",
          "Model: \t Fake\nDevice Minor: \t " + std::to_string(i) + "\n");
  }
  write("/sys/bus/pci/devices/0000:99:00.0/vendor", "0x10de\n");  // its sound device
  write("/sys/bus/pci/devices/0000:99:00.0/class", "0x040300\n");
  write("/proc/devices",
        "Character devices:\n  1 mem\n195 nvidia\n511 nvidia-uvm\n\nBlock devices:\n  8 sd\n");
  write("/proc/driver/nvidia/version",
        std::string("NVRM version: NVIDIA UNIX x86_64 Kernel Module  ") + driver + "  Tue\n");
  std::string loaded;
  for (const std::string name : {"nvidia", "nvidia_uvm", "nvidia_modeset"}) {
    loaded += name + " 4096 1 - Live 0x0000000000000000 (POE)\n";
    write("/sys/module/" + name + "/initstate", "live\n");
  }
  write("/proc/modules", loaded);
}

ingot::selftest::Options FakeTree::options() const {
  ingot::selftest::Options options;
  options.roots = ingot::selftest::Roots::below(root_);
  options.nvml = FAKE_NVML;
  return options;
}

Node FakeTree::node() const { return ingot::selftest::look_at(options()); }

Result FakeTree::check(const std::string& id) const { return run_check(id, node()); }

Result run_check(const std::string& id, const Node& node) {
  for (const auto& check : ingot::selftest::catalogue()) {
    if (check.id != id) continue;
    if (const auto reason = why_not(check, node)) return ingot::selftest::skip(*reason);
    try {
      return check.work(node);
    } catch (const ingot::selftest::Broken& error) {
      return ingot::selftest::fail(error.what());
    }
  }
  throw std::runtime_error("no check " + id);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace selftest_test
