// SPDX-License-Identifier: Apache-2.0
// kmod.*, drv.*, lib.*, smi.*, fw.* and user.* on fake trees.
#include <cerrno>

#include "checks/checks.hpp"
#include "fake_files.hpp"
#include "fake_tree.hpp"
#include "support/catch.hpp"

using namespace selftest_test;
using ingot::selftest::Outcome;
using ingot::selftest::Severity;

namespace {

const std::string dep = std::string("/usr/lib/modules/") + kernel + "/modules.dep";
const std::string nvidia_ko = std::string(modules) + "/nvidia.ko";

}  // namespace

TEST_CASE("a missing driver module is found", "[selftest]") {
  FakeTree tree;
  SECTION("not indexed") {
    tree.replace(dep, "updates/nvidia/nvidia-uvm.ko: updates/nvidia/nvidia.ko\n", "");
    CHECK(tree.check("kmod.present").reason == "nvidia-uvm is not in modules.dep");
    CHECK(tree.check("kmod.version").outcome == Outcome::fail);
  }
  SECTION("indexed but gone") {
    tree.remove(nvidia_ko);
    CHECK(holds(tree.check("kmod.present").reason, "updates/nvidia/nvidia.ko is missing"));
    CHECK(tree.check("kmod.signature").outcome == Outcome::fail);
  }
  SECTION("no index") {
    tree.remove(dep);
    CHECK(holds(tree.check("kmod.present").reason, "modules.dep is missing"));
  }
}

TEST_CASE("a module of another kernel, version or flavour is found", "[selftest]") {
  FakeTree tree;
  tree.module("nvidia-uvm", driver, "6.12.94+deb13-amd64");
  CHECK(holds(tree.check("kmod.vermagic").reason, "nvidia_uvm was built for 6.12.94"));
  tree.module("nvidia-uvm", "550.163.02");
  CHECK(holds(tree.check("kmod.version").reason, "nvidia_uvm has version 550.163.02"));
  tree.module("nvidia", driver, kernel, "Dual MIT/GPL");
  CHECK(holds(tree.check("kmod.flavour").reason, "nvidia is open"));
}

TEST_CASE("driver packages and firmware must follow the modules' version", "[selftest]") {
  FakeTree tree;
  SECTION("package") {
    tree.replace("/var/lib/dpkg/status", "Version: 550.163.01-2", "Version: 1:550.170.00-1");
    CHECK(holds(tree.check("kmod.version").reason, "package libcuda1 is 1:550.170.00-1"));
  }
  SECTION("a daemon of the version that the manifest names") {
    tree.replace("/var/lib/dpkg/status", "Package: nvidia-smi\n", "Package: nvidia-persistenced\n");
    CHECK(tree.check("kmod.version").outcome == Outcome::pass);
    tree.manifest["driver"]["persistenced"] = "550.1";
    tree.seal();
    CHECK(holds(tree.check("kmod.version").reason, "package nvidia-persistenced is 550.163.01-2"));
  }
  SECTION("firmware folder") {
    tree.manifest["driver"]["firmware"] = "/usr/lib/firmware/nvidia/550.1";
    tree.seal();
    CHECK(holds(tree.check("kmod.version").reason, "firmware is at"));
  }
}

TEST_CASE("a module that is no module gives a reason", "[selftest]") {
  FakeTree tree;
  for (const std::string& text :
       {std::string(), std::string("text"), std::string("\xfd\x37zXZ\0more", 10)}) {
    tree.write(nvidia_ko, text);
    for (const char* id : {"kmod.vermagic", "kmod.version", "kmod.flavour", "kmod.signature"}) {
      CHECK(holds(tree.check(id).reason, "nvidia"));
      CHECK(tree.check(id).outcome == Outcome::fail);
    }
  }
}

TEST_CASE("a module signed by another key fails, fatally where signatures are enforced",
          "[selftest]") {
  FakeTree tree;
  tree.module("nvidia", driver, kernel, "NVIDIA", other_key());
  auto result = tree.check("kmod.signature");
  CHECK(result.outcome == Outcome::fail);
  CHECK(result.severity == Severity::warning);
  CHECK(holds(result.reason, "nvidia: signed by another key: 'somebody else' serial 1234"));

  tree.write("/proc/keys", "1f I-- asymmetri ingot: " + module_key().certificate_key_id() +
                               ": X509.rsa 1234 []\n");
  SECTION("kernel line") { tree.write("/proc/cmdline", "quiet module.sig_enforce=1\n"); }
  SECTION("parameter") { tree.write("/sys/module/module/parameters/sig_enforce", "Y\n"); }
  SECTION("lockdown") {
    tree.write("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  }
  result = tree.check("kmod.signature");
  CHECK_FALSE(result.severity);
  CHECK(holds(result.reason, "signed by another key"));
  CHECK_FALSE(holds(result.reason, "keyring"));
}

TEST_CASE("an unsigned or altered module is found", "[selftest]") {
  FakeTree tree;
  SECTION("unsigned") {
    tree.write(nvidia_ko, elf_module({"license=NVIDIA"}));
    CHECK(holds(tree.check("kmod.signature").reason, "nvidia is not signed"));
  }
  SECTION("altered") {
    tree.replace(nvidia_ko, "preempt", "PREEMPT");
    CHECK(holds(tree.check("kmod.signature").reason, "nvidia: the signature does not hold"));
  }
  SECTION("trailer cut") {
    tree.write(nvidia_ko, "x~Module signature appended~\n");
    CHECK(holds(tree.check("kmod.signature").reason, "damaged signature trailer"));
  }
}

TEST_CASE("enforced signatures need the certificate in a keyring of the kernel", "[selftest]") {
  FakeTree tree;
  tree.write("/proc/cmdline", "module.sig_enforce\n");
  tree.write("/proc/keys", "1f I-- asymmetri Debian: 00112233: X509.rsa 1234 []\n");
  CHECK(holds(tree.check("kmod.signature").reason, "no kernel keyring holds"));
  tree.write("/proc/keys", "1f I-- asymmetri ingot: " + module_key().certificate_key_id() +
                               ": X509.rsa 1234 []\n");
  CHECK(tree.check("kmod.signature").outcome == Outcome::pass);
}

TEST_CASE("the kernel's answer to loading the driver is put in words", "[selftest]") {
  using ingot::selftest::judge_load;
  const std::vector<std::string> none{"NVRM: No NVIDIA GPU found."};
  CHECK(judge_load(ENODEV, none).outcome == Outcome::pass);
  CHECK(judge_load(ENODEV, {}).outcome == Outcome::pass);
  CHECK(judge_load(ENODEV, {"NVRM: GPU is already bound to nouveau"}).outcome == Outcome::fail);
  CHECK(holds(judge_load(EKEYREJECTED, {"Loading of unsigned module is rejected"}).reason,
              "unsigned module is rejected"));
  CHECK(holds(judge_load(ENOEXEC, {}).reason, "ENOEXEC"));
  CHECK(holds(judge_load(EINVAL, {"nvidia: disagrees about version of symbol x"}).reason,
              "disagrees about version"));
  CHECK(holds(judge_load(ENOENT, {"nvidia: Unknown symbol x"}).reason, "Unknown symbol"));
  CHECK(judge_load(0, none).outcome == Outcome::fail);
  CHECK(judge_load(EIO, none).outcome == Outcome::fail);
}

TEST_CASE("the load test never touches the kernel for a tree", "[selftest]") {
  const FakeTree tree;
  CHECK(tree.check("kmod.nogpu").outcome == Outcome::skip);
}

TEST_CASE("rival drivers must be kept away", "[selftest]") {
  FakeTree tree;
  SECTION("not blacklisted") {
    tree.write("/etc/modprobe.d/gpu.conf", "blacklist nouveau\n#blacklist nova_core\n");
    CHECK(tree.check("drv.blacklist").reason == "nova_core is not blacklisted in modprobe.d");
  }
  SECTION("loaded") {
    tree.write("/proc/modules", "nouveau 1 0 - Live 0x0\n");
    CHECK(tree.check("drv.blacklist").reason == "nouveau is loaded");
  }
}

TEST_CASE("the linker must find one copy of each library, of the driver's version", "[selftest]") {
  FakeTree tree;
  const std::string base = std::string(libraries) + "/";
  SECTION("other version") {
    tree.write(base + "nvidia/current/libcuda.so.550.1", "library");
    tree.link(base + "nvidia/current/libcuda.so.1", "libcuda.so.550.1");
    CHECK(
        holds(tree.check("lib.ldcache").reason, "is libcuda.so.550.1, not libcuda.so.550.163.01"));
  }
  SECTION("second copy") {
    const std::string copy = std::string("/opt/lib/libcuda.so.") + driver;
    tree.write(copy, "library");
    tree.write("/etc/ld.so.cache",
               library_cache({{.name = "libcuda.so.1", .path = base + "libcuda.so.1"},
                              {.name = "libcuda.so.1", .path = copy},
                              {.name = "libnvidia-ml.so.1", .path = base + "libnvidia-ml.so.1"}}));
    CHECK(holds(tree.check("lib.ldcache").reason, "libcuda.so.1 is there more than once"));
  }
  SECTION("dangling") {
    tree.remove(base + "nvidia/current/libcuda.so.1");
    CHECK(holds(tree.check("lib.ldcache").reason, "leads nowhere"));
  }
  SECTION("stale cache") {
    tree.write("/etc/ld.so.cache",
               library_cache({{.name = "libc.so.6", .path = base + "libc.so.6"}}));
    CHECK(holds(tree.check("lib.ldcache").reason, "run ldconfig"));
  }
  SECTION("no cache, but a folder that the linker knows") {
    tree.remove("/etc/ld.so.cache");
    CHECK(tree.check("lib.ldcache").outcome == Outcome::pass);
  }
  SECTION("nowhere") {
    tree.remove("/etc/ld.so.cache");
    tree.remove(base + "libcuda.so.1");
    CHECK(holds(tree.check("lib.ldcache").reason, "libcuda.so.1 is found nowhere"));
  }
  SECTION("cache is garbage") {
    tree.write("/etc/ld.so.cache", "garbage");
    CHECK(tree.check("lib.ldcache").outcome == Outcome::fail);
  }
}

TEST_CASE("links in a tree never lead out of it", "[selftest]") {
  FakeTree tree;
  tree.link("/usr/bin/one", "/usr/bin/../../../../usr/bin/nvidia-smi");
  const auto roots = tree.node().roots;
  CHECK(roots.resolve("/usr/bin/one") == "/usr/bin/nvidia-smi");
  tree.link("/usr/bin/loop", "loop");
  CHECK_THROWS(roots.resolve("/usr/bin/loop"));
  CHECK(roots.resolve("/etc/os-release") == "/usr/lib/os-release");
}

TEST_CASE("nvidia-smi must be an executable file", "[selftest]") {
  FakeTree tree;
  const std::string smi = "/usr/bin/nvidia-smi";
  SECTION("absolute link") {
    tree.link(smi, "/etc/alternatives/nvidia-smi");
    CHECK(holds(tree.check("smi.path").reason, "is an absolute link"));
  }
  SECTION("relative link") {
    tree.write("/usr/lib/nvidia/nvidia-smi", "program", true);
    tree.link(smi, "../lib/nvidia/nvidia-smi");
    CHECK(tree.check("smi.path").outcome == Outcome::pass);
  }
  SECTION("not executable") {
    tree.write(smi, "program");
    CHECK(holds(tree.check("smi.path").reason, "no executable"));
  }
  SECTION("empty") {
    tree.write(smi, "", true);
    CHECK(tree.check("smi.path").outcome == Outcome::fail);
  }
  SECTION("missing") {
    tree.remove(smi);
    CHECK(holds(tree.check("smi.path").reason, "is missing"));
  }
}

TEST_CASE("the firmware must be there, whole, and not hidden", "[selftest]") {
  FakeTree tree;
  const std::string folder = std::string("/usr/lib/firmware/nvidia/") + driver;
  SECTION("missing") {
    tree.remove(folder);
    CHECK(holds(tree.check("fw.gsp").reason, "no gsp*.bin"));
  }
  SECTION("damaged") {
    tree.write(folder + "/gsp_ga10x.bin", "");
    CHECK(holds(tree.check("fw.gsp").reason, "gsp_ga10x.bin is damaged"));
  }
  SECTION("hidden") {
    tree.write("/sys/module/firmware_class/parameters/path", "/run/nvidia/driver/lib/firmware\n");
    CHECK(holds(tree.check("fw.gsp").reason, "firmware_class.path"));
  }
}

TEST_CASE("persistenced needs its user, its condition, and to be enabled", "[selftest]") {
  FakeTree tree;
  const std::string unit = "nvidia-persistenced.service";
  SECTION("user") {
    tree.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    CHECK(tree.check("user.persist").reason == "the user nvpd is missing");
  }
  SECTION("enabled") {
    tree.remove("/etc/systemd/system/multi-user.target.wants/" + unit);
    CHECK(tree.check("user.persist").reason == unit + " is not enabled");
  }
  SECTION("condition") {
    tree.remove("/usr/lib/systemd/system/" + unit + ".d/10.conf");
    CHECK(holds(tree.check("user.persist").reason, "has no condition"));
  }
  SECTION("masked") {
    tree.link("/etc/systemd/system/" + unit, "/dev/null");
    CHECK(tree.check("user.persist").outcome == Outcome::skip);
  }
}

TEST_CASE("an image without a driver skips what is about one", "[selftest]") {
  FakeTree tree;
  tree.manifest["driver"] = nullptr;
  tree.manifest["containerd"] = nullptr;
  tree.seal();
  CHECK(tree.check("kmod.signature").reason == "no NVIDIA driver in the image");
  CHECK(tree.check("crt.config").reason == "no containerd in the image");
  CHECK(tree.check("crt.config").outcome == Outcome::skip);
}
