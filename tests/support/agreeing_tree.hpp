// SPDX-License-Identifier: Apache-2.0
// A small image tree in which everything agrees, with the facts it agrees with: for tests that
// break one thing in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "agreement/facts.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "crypto/module_signature.hpp"
#include "os/file.hpp"
#include "support/tiny_cpio.hpp"
#include "support/tiny_elf.hpp"

namespace ingot::test {

struct ModuleSigner {
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::ec_p256);
  crypto::Certificate certificate = crypto::Certificate::self_signed(
      key, {.common_name = "signer", .serial = 7, .not_before = 0, .not_after = 4'000'000'000});

  std::string der() const {
    const auto bytes = certificate.der();
    return std::string(bytes.begin(), bytes.end());
  }
  std::string sign(const std::string& module) const {
    return crypto::signed_module(module, key, certificate);
  }
};

class AgreeingTree {
public:
  static constexpr const char* release = "6.12.9-test-amd64";
  static constexpr const char* driver = "550.163.01";

  AgreeingTree() {
    std::filesystem::create_directories(tree);
    set_facts();
    add_kernel();
    add_modules();
    add_driver();
    add_containerd();
    add_system();
    add_status();
  }

  static const ModuleSigner& signer() {
    static const ModuleSigner one;
    return one;
  }

  std::filesystem::path at(std::string_view path) const { return tree / path; }
  void put(std::string_view path, std::string_view content, unsigned mode = 0644) const {
    os::write_file(at(path), content, mode);
  }
  void link(std::string_view path, const std::string& target) const {
    std::filesystem::create_directories(at(path).parent_path());
    std::filesystem::remove(at(path));
    std::filesystem::create_symlink(target, at(path));
  }
  void remove(std::string_view path) const { std::filesystem::remove_all(at(path)); }
  void rename(std::string_view from, std::string_view to) const {
    std::filesystem::create_directories(at(to).parent_path());
    std::filesystem::rename(at(from), at(to));
  }
  std::string text(std::string_view path) const { return os::read_file(at(path)); }
  void append(std::string_view path, std::string_view more) const {
    put(path, text(path) + std::string(more));
  }
  /// Replaces the first `from`, which must be there.
  void edit(std::string_view path, std::string_view from, std::string_view to) const {
    std::string content = text(path);
    const std::size_t found = content.find(from);
    if (found == std::string::npos)
      throw Error(Fault::internal, format("/{} holds no '{}'", path, from));
    put(path, content.replace(found, from.size(), to));
  }

  std::string modules() const { return format("usr/lib/modules/{}", release); }
  std::string module_path(std::string_view name) const {
    return format("{}/updates/nvidia/{}.ko", modules(), name);
  }
  /// What the module of that name is made of, for tests to change and put back.
  TinyModule module(const std::string& name) const {
    TinyModule made{
        .info = {{"license", name == "nvidia-peermem" ? "Dual BSD/GPL" : "Dual MIT/GPL"},
                 {"version", driver},
                 {"vermagic", format("{} SMP preempt mod_unload modversions ", release)}},
        .wanted = {{"printk", 0x11223344}},
        .offered = {}};
    if (name == "nvidia") made.offered = {{"nvidia_open", 0xcafe0001}};
    if (name == "nvidia-uvm") made.wanted.emplace("nvidia_open", 0xcafe0001);
    return made;
  }
  void put_module(const std::string& name, const TinyModule& made) const {
    put(module_path(name), signer().sign(tiny_module(made)));
  }
  /// An initramfs with the modules of `kernel` and this modprobe.d.
  void put_initramfs(const std::string& kernel, const std::string& modprobe) const {
    put(format("boot/initrd.img-{}", release),
        tiny_cpio({{"early/microcode.bin", "firmware"}}) + std::string(512, '\0') +
            tiny_cpio({{format("usr/lib/modules/{}/kernel/a.ko", kernel), "module"},
                       {"etc/modprobe.d/ingot-nvidia.conf", modprobe}}));
  }
  void add_package(const std::string& name, const std::string& version, const std::string& want,
                   const std::string& source) const {
    const std::string path = "var/lib/dpkg/status";
    const std::string old = std::filesystem::exists(at(path)) ? text(path) : "";
    put(path, old + format("Package: {}\nStatus: {} ok installed\nSource: {}\nVersion: {}\n"
                           "Description: a package\n of several lines\n\n",
                           name, want, source, version));
  }
  static std::string library_cache(
      const std::vector<std::pair<std::string, std::string>>& entries) {
    RecordWriter head;
    RecordWriter strings;
    const std::size_t strings_at = 48 + entries.size() * 24;
    head.text("glibc-ld.so.cache1.1").u32(static_cast<std::uint32_t>(entries.size())).pad_to(48);
    for (const auto& [name, path] : entries) {
      const auto offset = [&] { return static_cast<std::uint32_t>(strings_at + strings.size()); };
      head.u32(0x0303).u32(offset());
      strings.text(name).u8(0);
      head.u32(offset()).zeros(12);
      strings.text(path).u8(0);
    }
    return test::text_of(head) + test::text_of(strings);
  }

  static constexpr const char* blacklist = "blacklist nouveau\nblacklist nova_core\n";
  static constexpr const char* containerd = "1.7.24~ds1-6";

  os::TempDir folder{"agreeing tree"};
  std::filesystem::path tree = folder.path() / "tree";
  agreement::Facts facts;

private:
  void set_facts() {
    facts.image = "image";
    facts.version = "1";
    facts.kernel_release = release;
    facts.driver = agreement::DriverFacts{
        .version = driver,
        .flavour = spec::Flavour::open,
        .modules = {"nvidia", "nvidia-uvm", "nvidia-modeset", "nvidia-drm", "nvidia-peermem"},
        .persistenced = driver,
        .firmware = format("/usr/lib/firmware/nvidia/{}", driver)};
    facts.kernel_line = {"console=ttyS0", "modprobe.blacklist=nouveau,nova_core"};
    facts.packages = {{format("linux-image-{}", release), "6.12.9-1", true},
                      {"containerd", containerd, true},
                      {"libcuda1", format("{}-2", driver), true},
                      {"bash", "5.2-1", false}};
    facts.module_certificate = signer().certificate.fingerprint();
    facts.build_root = folder.path() / "build root";
    os::write_file(facts.build_root / format("usr/src/linux-headers-{}/Module.symvers", release),
                   "0x11223344\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n");
  }

  void add_kernel() const {
    put(format("boot/vmlinuz-{}", release), "kernel");
    put_initramfs(release, blacklist);
    link("vmlinuz", format("boot/vmlinuz-{}", release));
    put("usr/lib/os-release", "ID=debian\nVERSION_ID=\"13\"\n");
    link("etc/os-release", "../usr/lib/os-release");
    link("lib", "usr/lib");
    put("usr/lib/ingot/image.json",
        format(R"({{"image": "image", "version": "1", "kernel": {{"release": "{}"}},)"
               R"( "driver": {{"version": "{}", "flavour": "open"}}}})",
               release, driver));
    put("usr/lib/ingot/module-signing.der", signer().der());
  }

  void add_modules() const {
    std::string index = "kernel/fs/overlay.ko:\n";
    put(modules() + "/kernel/fs/overlay.ko", "not looked at");
    for (const std::string& name : facts.driver->modules) {
      put_module(name, module(name));
      index += format("updates/nvidia/{}.ko:\n", name);
    }
    put(modules() + "/modules.dep", index);
    put(modules() + "/modules.dep.bin", "index");
    put(modules() + "/modules.builtin", "kernel/drivers/virtio/virtio.ko\n");
    put("etc/modules-load.d/some.conf", "# comment\noverlay\nvirtio\n");
    put("etc/modprobe.d/ingot-nvidia.conf", blacklist);
  }

  void add_driver() const {
    const std::string libraries = "usr/lib/x86_64-linux-gnu/";
    for (const std::string name : {"libcuda", "libnvidia-ml"}) {
      put(format("{}nvidia/current/{}.so.{}", libraries, name, driver),
          std::string("code ") + driver);
      link(format("{}{}.so.1", libraries, name), format("nvidia/current/{}.so.{}", name, driver));
    }
    put("etc/ld.so.cache",
        library_cache({{"libcuda.so.1", "/lib/x86_64-linux-gnu/libcuda.so.1"},
                       {"libnvidia-ml.so.1", "/lib/x86_64-linux-gnu/libnvidia-ml.so.1"}}));
    put("usr/bin/nvidia-smi", std::string("code ") + driver, 0755);
    for (const char* name : {"gsp_ga10x.bin", "gsp_tu10x.bin"})
      put(format("usr/lib/firmware/nvidia/{}/{}", driver, name),
          tiny_elf({{".fwversion", std::string(driver) + '\0'}}));
    put("usr/bin/nvidia-persistenced", std::string("version ") + driver, 0755);
    put("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnvpd:x:101:101::/:/usr/sbin/nologin\n");
    put("usr/lib/systemd/system/nvidia-persistenced.service", "[Service]\nExecStart=/bin/a\n");
    put("usr/lib/systemd/system/nvidia-persistenced.service.d/10-ingot.conf",
        "[Unit]\nConditionPathExists=/proc/driver/nvidia/version\n");
    enable("nvidia-persistenced.service");
  }

  void add_containerd() const {
    put("etc/containerd/config.toml", R"(version = 2
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
        BinaryName = ""
        SystemdCgroup = true
)");
    std::filesystem::create_directories(at("etc/containerd/conf.d"));
    put("usr/bin/containerd", "program", 0755);
    put("usr/bin/containerd-shim-runc-v2", "program", 0755);
    put("usr/sbin/runc", "program", 0755);
    put("usr/lib/systemd/system/containerd.service", "[Service]\n");
    enable("containerd.service");
  }

  void add_system() const {
    put("usr/lib/ingot/ingot-selftest", "program", 0755);
    put("usr/lib/systemd/system/ingot-selftest.service", "[Service]\n");
    put("usr/lib/systemd/system/kubelet.service.d/10-ingot.conf",
        "[Unit]\nRequires=gpu-ready.target\n");
    enable("ingot-selftest.service");
    for (const std::string unit : {"apt-daily.timer", "apt-daily-upgrade.timer",
                                   "apt-daily.service", "apt-daily-upgrade.service"}) {
      put("usr/lib/systemd/system/" + unit, "[Unit]\n");
      link("etc/systemd/system/" + unit, "/dev/null");
    }
    put("etc/machine-id", "");
    put("etc/shadow", "root:!*:20000:0:99999:7:::\nnvpd:!:20000::::::\n", 0640);
    put("etc/ssl/certs/public.pem", "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n");
    put("usr/bin/su", "program", 04755);
    std::filesystem::create_directories(at("usr/src"));
  }

  void add_status() const {
    for (const agreement::PackageFacts& package : facts.packages)
      add_package(package.name, package.version, package.hold ? "hold" : "install",
                  package.name == "libcuda1" ? "nvidia-graphics-drivers (1)" : package.name);
  }

  void enable(const std::string& unit) const {
    link("etc/systemd/system/multi-user.target.wants/" + unit, "/usr/lib/systemd/system/" + unit);
  }
};

}  // namespace ingot::test
