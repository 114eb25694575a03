// SPDX-License-Identifier: Apache-2.0
#include "agreement/agreement.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <set>

#include "base/error.hpp"
#include "support/agreeing_tree.hpp"
#include "support/catch.hpp"

using namespace ingot;
using agreement::Outcome;
using test::AgreeingTree;

namespace {

std::vector<std::string> ids_with(const AgreeingTree& tree, Outcome outcome) {
  std::vector<std::string> ids;
  for (const auto& [rule, verdict] : agreement::judge_tree(tree.tree, tree.facts))
    if (verdict.outcome() == outcome) ids.emplace_back(rule->id);
  return ids;
}

std::string json_of(const AgreeingTree& tree) {
  return agreement::agreement_json(tree.facts, agreement::judge_tree(tree.tree, tree.facts));
}

struct Break {
  const char* what;
  const char* id;
  std::function<void(AgreeingTree&)> make;
};

const std::string version = AgreeingTree::driver;
const std::string release = AgreeingTree::release;
const std::string config = "etc/containerd/config.toml";
const std::string libraries = "usr/lib/x86_64-linux-gnu/";

void change_module(const AgreeingTree& tree, const std::string& name,
                   const std::function<void(test::TinyModule&)>& change) {
  test::TinyModule module = tree.module(name);
  change(module);
  tree.put_module(name, module);
}

const std::vector<Break> kernel_breaks = {
    {"a second modules folder", "kern.single",
     [](AgreeingTree& t) {
       t.put("usr/lib/modules/6.1.0-other/modules.dep", "");
       t.put("usr/lib/modules/6.1.0-other/modules.dep.bin", "");
     }},
    {"a second vmlinuz", "kern.single",
     [](AgreeingTree& t) { t.put("boot/vmlinuz-6.1.0-other", "kernel"); }},
    {"no initramfs", "kern.single",
     [](AgreeingTree& t) { t.remove("boot/initrd.img-" + release); }},
    {"an initramfs named after another kernel", "kern.single",
     [](AgreeingTree& t) {
       t.rename("boot/initrd.img-" + release, "boot/initrd.img-6.1.0-other");
     }},
    {"another kernel than the pinned one", "kern.release",
     [](AgreeingTree& t) {
       t.rename("usr/lib/modules/" + release, "usr/lib/modules/6.1.0-other");
       t.rename("boot/vmlinuz-" + release, "boot/vmlinuz-6.1.0-other");
       t.rename("boot/initrd.img-" + release, "boot/initrd.img-6.1.0-other");
       t.put("boot/initrd.img-6.1.0-other",
             test::tiny_cpio({{"usr/lib/modules/6.1.0-other/a.ko", "module"},
                              {"etc/modprobe.d/a.conf", AgreeingTree::blacklist}}));
       t.link("vmlinuz", "boot/vmlinuz-6.1.0-other");
     }},
    {"a link to an old kernel", "kern.links",
     [](AgreeingTree& t) { t.link("vmlinuz.old", "boot/vmlinuz-" + release); }},
    {"a kernel link that dangles", "kern.links",
     [](AgreeingTree& t) { t.link("vmlinuz", "boot/vmlinuz-6.1.0-gone"); }},
    {"an initramfs with another kernel's modules", "kern.initrd",
     [](AgreeingTree& t) { t.put_initramfs("6.1.0-other", AgreeingTree::blacklist); }},
    {"an initramfs that is cut off", "kern.initrd",
     [](AgreeingTree& t) {
       const std::string path = "boot/initrd.img-" + release;
       t.put(path, t.text(path).substr(0, 900));
     }},
    {"an initramfs that is no archive", "kern.initrd",
     [](AgreeingTree& t) { t.put("boot/initrd.img-" + release, "not a cpio archive"); }},
    {"an os-release without VERSION_ID", "os.release",
     [](AgreeingTree& t) { t.put("usr/lib/os-release", "ID=debian\n"); }},
    {"an os-release that leads out of the tree", "os.release",
     [](AgreeingTree& t) { t.link("etc/os-release", "../../../../../../../../etc/os-release"); }},
    {"a manifest of another version", "img.manifest",
     [](AgreeingTree& t) {
       t.edit("usr/lib/ingot/image.json", R"("version": "1")", R"("version": "2")");
     }},
    {"a manifest that is no JSON", "img.manifest",
     [](AgreeingTree& t) { t.put("usr/lib/ingot/image.json", "{"); }},
    {"a manifest that is a list", "img.manifest",
     [](AgreeingTree& t) { t.put("usr/lib/ingot/image.json", "[]"); }},
};

const std::vector<Break> module_breaks = {
    {"a missing module", "kmod.present",
     [](AgreeingTree& t) {
       t.remove(t.module_path("nvidia-uvm"));
       t.edit(t.modules() + "/modules.dep", "updates/nvidia/nvidia-uvm.ko:\n", "");
     }},
    {"a second copy of a module", "kmod.present",
     [](AgreeingTree& t) { t.put(t.modules() + "/kernel/drivers/nvidia.ko.xz", "another"); }},
    {"a module that is no ELF file", "kmod.present",
     [](AgreeingTree& t) { t.put(t.module_path("nvidia-drm"), "text"); }},
    {"a module that is cut off", "kmod.present",
     [](AgreeingTree& t) {
       t.put(t.module_path("nvidia-drm"), t.text(t.module_path("nvidia-drm")).substr(0, 200));
     }},
    {"an index without a module", "kmod.index",
     [](AgreeingTree& t) {
       t.edit(t.modules() + "/modules.dep", "updates/nvidia/nvidia-drm.ko:\n", "");
     }},
    {"an index of a file that is gone", "kmod.index",
     [](AgreeingTree& t) { t.append(t.modules() + "/modules.dep", "updates/gone.ko:\n"); }},
    {"no binary index", "kmod.index",
     [](AgreeingTree& t) { t.remove(t.modules() + "/modules.dep.bin"); }},
    {"a module for another kernel", "kmod.vermagic",
     [](AgreeingTree& t) {
       change_module(t, "nvidia-drm",
                     [](auto& m) { m.info["vermagic"] = "6.12.8-test-amd64 SMP "; });
     }},
    {"a symbol of another CRC", "kmod.symbols",
     [](AgreeingTree& t) {
       change_module(t, "nvidia-drm", [](auto& m) { m.wanted["printk"] = 0x99999999; });
     }},
    {"a symbol that nothing exports", "kmod.symbols",
     [](AgreeingTree& t) {
       change_module(t, "nvidia-drm", [](auto& m) { m.wanted["no_such_symbol"] = 1; });
     }},
    {"a module that disagrees with another about a symbol", "kmod.symbols",
     [](AgreeingTree& t) {
       change_module(t, "nvidia-uvm", [](auto& m) { m.wanted["nvidia_open"] = 0xcafe0002; });
     }},
    {"a module without symbol versions", "kmod.symbols",
     [](AgreeingTree& t) { change_module(t, "nvidia-drm", [](auto& m) { m.wanted.clear(); }); }},
    {"a build root without symbol versions", "kmod.symbols",
     [](AgreeingTree& t) { t.facts.build_root.clear(); }},
    {"a module of another driver", "kmod.version",
     [](AgreeingTree& t) {
       change_module(t, "nvidia-modeset", [](auto& m) { m.info["version"] = "535.261.03"; });
     }},
    {"a module of the other flavour", "kmod.flavour",
     [](AgreeingTree& t) {
       change_module(t, "nvidia", [](auto& m) { m.info["license"] = "NVIDIA"; });
     }},
    {"an image that names the other flavour", "kmod.flavour",
     [](AgreeingTree& t) {
       t.facts.driver->flavour = spec::Flavour::proprietary;
       t.edit("usr/lib/ingot/image.json", R"("open")", R"("proprietary")");
     }},
    {"no certificate", "kmod.certificate",
     [](AgreeingTree& t) { t.remove("usr/lib/ingot/module-signing.der"); }},
    {"a certificate of somebody else", "kmod.certificate",
     [](AgreeingTree& t) {
       t.put("usr/lib/ingot/module-signing.der", test::ModuleSigner().der());
     }},
    {"a certificate that is none", "kmod.certificate",
     [](AgreeingTree& t) { t.put("usr/lib/ingot/module-signing.der", "text"); }},
    {"a module that is not signed", "kmod.signature",
     [](AgreeingTree& t) {
       t.put(t.module_path("nvidia-drm"), test::tiny_module(t.module("nvidia-drm")));
     }},
    {"a module that somebody else signed", "kmod.signature",
     [](AgreeingTree& t) {
       t.put(t.module_path("nvidia-drm"),
             test::ModuleSigner().sign(test::tiny_module(t.module("nvidia-drm"))));
     }},
    {"a module changed after it was signed", "kmod.signature",
     [](AgreeingTree& t) { t.edit(t.module_path("nvidia-drm"), "preempt", "PREEMPT"); }},
    {"a module of somebody else beside the driver's", "kmod.signature",
     [](AgreeingTree& t) {
       t.put(t.modules() + "/extra/other.ko", test::tiny_module(t.module("nvidia-drm")));
       t.append(t.modules() + "/modules.dep", "extra/other.ko:\n");
     }},
    {"a driver module that modprobe must not load", "kmod.unblocked",
     [](AgreeingTree& t) { t.put("etc/modprobe.d/a.conf", "install nvidia-uvm /bin/true\n"); }},
    {"nouveau not blocked", "drv.blacklist",
     [](AgreeingTree& t) { t.put("etc/modprobe.d/ingot-nvidia.conf", "blacklist nova-core\n"); }},
    {"a blacklist hidden by an empty file", "drv.blacklist",
     [](AgreeingTree& t) {
       t.rename("etc/modprobe.d/ingot-nvidia.conf", "usr/lib/modprobe.d/ingot-nvidia.conf");
       t.put("etc/modprobe.d/ingot-nvidia.conf", "");
     }},
    {"nova_core not blocked in the initramfs", "drv.blacklist.initrd",
     [](AgreeingTree& t) { t.put_initramfs(release, "blacklist nouveau\n"); }},
    {"a kernel line that blocks nouveau only", "kern.cmdline",
     [](AgreeingTree& t) { t.facts.kernel_line = {"modprobe.blacklist=nouveau"}; }},
};

const std::vector<Break> driver_breaks = {
    {"nvidia-smi as an absolute link", "smi.path",
     [](AgreeingTree& t) {
       t.rename("usr/bin/nvidia-smi", "usr/lib/nvidia/nvidia-smi");
       t.link("usr/bin/nvidia-smi", "/usr/lib/nvidia/nvidia-smi");
     }},
    {"no nvidia-smi", "smi.path", [](AgreeingTree& t) { t.remove("usr/bin/nvidia-smi"); }},
    {"nvidia-smi without execute bit", "smi.path",
     [](AgreeingTree& t) { t.put("usr/bin/nvidia-smi", version, 0644); }},
    {"nvidia-smi of another driver", "smi.version",
     [](AgreeingTree& t) { t.put("usr/bin/nvidia-smi", "code 535.261.03", 0755); }},
    {"a library of another driver", "lib.version",
     [](AgreeingTree& t) { t.put(libraries + "libnvidia-cfg.so.535.261.03", "library"); }},
    {"a libcuda whose content is of another driver", "lib.version",
     [](AgreeingTree& t) {
       t.put(libraries + "nvidia/current/libcuda.so." + version, "driver 535.261.03");
     }},
    {"a loader's cache that does not know libcuda", "lib.ldcache",
     [](AgreeingTree& t) {
       t.put("etc/ld.so.cache",
             AgreeingTree::library_cache(
                 {{"libnvidia-ml.so.1", "/lib/x86_64-linux-gnu/libnvidia-ml.so.1"}}));
     }},
    {"a loader's cache that is cut off", "lib.ldcache",
     [](AgreeingTree& t) { t.put("etc/ld.so.cache", t.text("etc/ld.so.cache").substr(0, 60)); }},
    {"an absolute link to a library", "lib.links",
     [](AgreeingTree& t) {
       t.link("etc/alternatives/cuda", "/" + libraries + "nvidia/current/libcuda.so." + version);
       t.link(libraries + "libcuda.so", "/etc/alternatives/cuda");
     }},
    {"a link to a driver file that is gone", "lib.links",
     [](AgreeingTree& t) { t.link("usr/lib/nvidia/nvidia", "gone"); }},
    {"no GSP firmware", "fw.gsp",
     [](AgreeingTree& t) { t.remove("usr/lib/firmware/nvidia/" + version); }},
    {"GSP firmware for one family of GPUs only", "fw.gsp",
     [](AgreeingTree& t) { t.remove("usr/lib/firmware/nvidia/" + version + "/gsp_ga10x.bin"); }},
    {"GSP firmware of another driver in the folder", "fw.gsp",
     [](AgreeingTree& t) {
       t.put("usr/lib/firmware/nvidia/" + version + "/gsp_tu10x.bin",
             test::tiny_elf({{".fwversion", std::string("535.261.03") + '\0'}}));
     }},
    {"a second firmware folder", "fw.gsp",
     [](AgreeingTree& t) { t.put("usr/lib/firmware/nvidia/535.261.03/gsp_tu10x.bin", "old"); }},
    {"nvidia-persistenced of another driver", "persist.version",
     [](AgreeingTree& t) { t.put("usr/bin/nvidia-persistenced", "version 535.261.03", 0755); }},
    {"nvidia-persistenced that starts without a driver", "user.persist",
     [](AgreeingTree& t) { t.remove("usr/lib/systemd/system/nvidia-persistenced.service.d"); }},
    {"nvidia-persistenced without its user", "user.persist",
     [](AgreeingTree& t) { t.put("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"); }},
};

const std::vector<Break> containerd_breaks = {
    {"a configuration that is no TOML", "crt.config",
     [](AgreeingTree& t) { t.append(config, "[plugins\n"); }},
    {"no configuration", "crt.config", [](AgreeingTree& t) { t.remove(config); }},
    {"a configuration of a version that this containerd migrates", "crt.config",
     [](AgreeingTree& t) { t.edit(config, "version = 2", "version = 3"); }},
    {"a CRI plugin that is disabled", "crt.config",
     [](AgreeingTree& t) {
       t.edit(config, "disabled_plugins = []",
              "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]");
     }},
    {"a default runtime that does not exist", "crt.config",
     [](AgreeingTree& t) { t.edit(config, "\"runc\"", "\"crun\""); }},
    {"a runtime whose program is missing", "crt.config",
     [](AgreeingTree& t) {
       t.edit(config, "BinaryName = \"\"", "BinaryName = \"/usr/bin/crun\"");
     }},
    {"no import of drop-ins", "crt.imports",
     [](AgreeingTree& t) { t.edit(config, "/etc/containerd/conf.d/*.toml", ""); }},
    {"a drop-in of a higher version", "crt.imports",
     [](AgreeingTree& t) { t.put("etc/containerd/conf.d/a.toml", "version = 3\n"); }},
    {"a drop-in that is no TOML", "crt.imports",
     [](AgreeingTree& t) { t.put("etc/containerd/conf.d/a.toml", "version = \n"); }},
    {"cgroups that systemd does not manage", "crt.cgroup",
     [](AgreeingTree& t) { t.edit(config, "SystemdCgroup = true", "SystemdCgroup = false"); }},
    {"CDI that is off", "crt.cdi",
     [](AgreeingTree& t) { t.edit(config, "enable_cdi = true", "enable_cdi = false"); }},
    {"CDI without its folder in /run", "crt.cdi",
     [](AgreeingTree& t) { t.edit(config, ", \"/var/run/cdi\"", ""); }},
    {"a container toolkit without a runtime", "crt.handler",
     [](AgreeingTree& t) {
       t.add_package("nvidia-container-toolkit-base", "1.20.0-1", "install", "toolkit");
       t.facts.packages.push_back({"nvidia-container-toolkit-base", "1.20.0-1", false});
     }},
    {"a containerd that nothing starts", "crt.unit",
     [](AgreeingTree& t) {
       t.remove("etc/systemd/system/multi-user.target.wants/containerd.service");
     }},
    {"no runc", "ctk.lowlevel", [](AgreeingTree& t) { t.remove("usr/sbin/runc"); }},
};

const std::vector<Break> system_breaks = {
    {"a unit that is enabled but gone", "sd.units",
     [](AgreeingTree& t) {
       t.link("etc/systemd/system/multi-user.target.wants/a.service", "/usr/lib/systemd/a.service");
     }},
    {"boot that loads a driver module", "sd.modules",
     [](AgreeingTree& t) { t.put("etc/modules-load.d/nvidia.conf", "nvidia-drm\n"); }},
    {"boot that loads a module which is not there", "sd.modules",
     [](AgreeingTree& t) { t.put("etc/modules-load.d/a.conf", "no-such\n"); }},
    {"a kubelet that does not wait", "sd.gate",
     [](AgreeingTree& t) { t.remove("usr/lib/systemd/system/kubelet.service.d"); }},
    {"a self-test that nothing starts", "sd.gate",
     [](AgreeingTree& t) { t.link("etc/systemd/system/ingot-selftest.service", "/dev/null"); }},
    {"an apt timer that is not masked", "img.noupgrade",
     [](AgreeingTree& t) { t.remove("etc/systemd/system/apt-daily.timer"); }},
    {"unattended upgrades", "img.noupgrade",
     [](AgreeingTree& t) {
       t.add_package("unattended-upgrades", "2.12", "install", "unattended-upgrades");
       t.facts.packages.push_back({"unattended-upgrades", "2.12", false});
     }},
    {"a package that the lock does not name", "img.pkgs",
     [](AgreeingTree& t) { t.add_package("figlet", "2.2", "install", "figlet"); }},
    {"a package of another version than locked", "img.pkgs",
     [](AgreeingTree& t) { t.edit("var/lib/dpkg/status", "Version: 5.2-1", "Version: 5.3-1"); }},
    {"a package that is half configured", "img.pkgs",
     [](AgreeingTree& t) {
       t.edit("var/lib/dpkg/status", "install ok installed", "install ok half-configured");
     }},
    {"a driver package that is not on hold", "img.hold",
     [](AgreeingTree& t) {
       t.add_package("libnvidia-cfg1", "550.163.01-2", "install", "nvidia-graphics-drivers");
       t.facts.packages.push_back({"libnvidia-cfg1", "550.163.01-2", false});
     }},
    {"a held package that is not on hold", "img.hold",
     [](AgreeingTree& t) { t.edit("var/lib/dpkg/status", "hold ok", "install ok"); }},
    {"DKMS", "img.nodkms", [](AgreeingTree& t) { t.put("usr/sbin/dkms", "program", 0755); }},
    {"a compiler", "img.nocompiler",
     [](AgreeingTree& t) { t.put("usr/bin/x86_64-linux-gnu-gcc-14", "program", 0755); }},
    {"kernel headers", "img.noheaders",
     [](AgreeingTree& t) { t.put("usr/src/linux-headers-" + release + "/Makefile", "all:\n"); }},
    {"a link to kernel headers", "img.noheaders",
     [](AgreeingTree& t) { t.link(t.modules() + "/build", "/usr/src/linux-headers-" + release); }},
    {"a CUDA toolkit", "img.nocuda",
     [](AgreeingTree& t) { t.put("usr/local/cuda-12.4/bin/nvcc", "program", 0755); }},
    {"host keys", "img.hostkeys",
     [](AgreeingTree& t) {
       t.put("etc/ssh/ssh_host_rsa_key", "-----BEGIN OPENSSH PRIVATE KEY-----\n", 0600);
     }},
    {"a machine id", "img.machineid",
     [](AgreeingTree& t) { t.put("etc/machine-id", "0123456789abcdef0123456789abcdef\n"); }},
    {"a random seed", "img.seed",
     [](AgreeingTree& t) { t.put("var/lib/systemd/random-seed", "seed"); }},
    {"a private key in PEM under a harmless name", "img.privatekeys",
     [](AgreeingTree& t) {
       t.put("etc/app/server.pem", "text\n-----BEGIN RSA PRIVATE KEY-----\nAA\n");
     }},
    {"a private key in DER", "img.privatekeys",
     [](AgreeingTree& t) { t.put("var/lib/shim-signed/mok/MOK.priv", "\x30\x82"); }},
    {"package lists", "img.aptlists",
     [](AgreeingTree& t) { t.put("var/lib/apt/lists/example.test_Packages", "Package: a\n"); }},
    {"a setuid file that nobody listed", "img.setuid",
     [](AgreeingTree& t) { t.put("usr/bin/rootshell", "program", 04755); }},
    {"an account without password", "img.password",
     [](AgreeingTree& t) { t.append("etc/shadow", "guest::20000::::::\n"); }},
};

std::vector<Break> all_breaks() {
  std::vector<Break> all;
  for (const auto* group :
       {&kernel_breaks, &module_breaks, &driver_breaks, &containerd_breaks, &system_breaks})
    all.insert(all.end(), group->begin(), group->end());
  return all;
}

}  // namespace

TEST_CASE("a tree in which everything agrees passes every rule", "[agreement]") {
  const AgreeingTree tree;
  const auto outcomes = agreement::judge_tree(tree.tree, tree.facts);
  for (const auto& [rule, verdict] : outcomes) {
    INFO(rule->id << ": " << (verdict.findings().empty() ? "" : verdict.findings()[0].found));
    CHECK(verdict.outcome() != Outcome::fail);
  }
  CHECK(ids_with(tree, Outcome::skip) == std::vector<std::string>{"crt.handler"});
  CHECK_NOTHROW(agreement::require_agreement(tree.facts, outcomes));
}

TEST_CASE("each way to break agreement fails exactly its own rule", "[agreement]") {
  for (const Break& broken : all_breaks()) {
    INFO(broken.what);
    AgreeingTree tree;
    broken.make(tree);
    CHECK(ids_with(tree, Outcome::fail) == std::vector<std::string>{broken.id});
  }
}

TEST_CASE("every rule has a way to break it, a source, a hint, and an id of its own",
          "[agreement]") {
  std::set<std::string_view> broken;
  for (const Break& each : all_breaks()) broken.insert(each.id);
  std::set<std::string_view> ids;
  for (const agreement::Rule* rule : agreement::all_rules()) {
    INFO(rule->id);
    CHECK(broken.contains(rule->id));
    CHECK(ids.insert(rule->id).second);
    CHECK_FALSE(rule->claim.empty());
    CHECK_FALSE(rule->source.empty());
    CHECK_FALSE(rule->hint.empty());
  }
  CHECK(all_breaks().size() >= 24);
}

TEST_CASE("the folder's README lists every rule in order", "[agreement]") {
  const std::string text =
      os::read_file(std::filesystem::path(INGOT_TEST_DATA).parent_path().parent_path() /
                    "builder/agreement/README.md");
  std::size_t last = 0;
  for (const agreement::Rule* rule : agreement::all_rules()) {
    INFO(rule->id);
    const std::size_t row = text.find(format("\n| `{}` | {} |", rule->id, rule->claim));
    CHECK(row != std::string::npos);
    CHECK(row > last);
    last = row;
    CHECK(text.find(format(" | {} | {} |\n", rule->source, rule->hint)) != std::string::npos);
  }
}

TEST_CASE("the build's error names rule, file, finding and hint, with the exit code of policy",
          "[agreement]") {
  AgreeingTree tree;
  tree.put("usr/bin/rootshell", "program", 04755);
  tree.remove("usr/sbin/runc");
  try {
    agreement::require_agreement(tree.facts, agreement::judge_tree(tree.tree, tree.facts));
    FAIL("no error");
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(exit_code(error.fault()) == 9);
    for (const std::string part :
         {"image 1", "img.setuid", "/usr/bin/rootshell", "ctk.lowlevel", "runc", "mend: "})
      CHECK(error.message().find(part) != std::string::npos);
  }
}

TEST_CASE("agreement.json is the same for the same tree, and lists every rule in order",
          "[agreement]") {
  const AgreeingTree tree;
  const std::string text = json_of(tree);
  CHECK(text == json_of(tree));
  const auto json = nlohmann::json::parse(text);
  CHECK(json["schema"] == "ingot/agreement/v1");
  CHECK(json["verdict"] == "pass");
  const auto rules = agreement::all_rules();
  REQUIRE(json["rules"].size() == rules.size());
  for (std::size_t i = 0; i < rules.size(); ++i) CHECK(json["rules"][i]["id"] == rules[i]->id);
  CHECK(json["passed"].get<std::size_t>() + 1 == rules.size());
  CHECK(json["failed"] == 0);
}

TEST_CASE("names that are no UTF-8 and no text do no harm to report and terminal", "[agreement]") {
  AgreeingTree tree;
  tree.put("usr/bin/\xff\x1b[2J", "program", 04755);
  const auto outcomes = agreement::judge_tree(tree.tree, tree.facts);
  CHECK(nlohmann::json::parse(agreement::agreement_json(tree.facts, outcomes))["verdict"] ==
        "fail");
  try {
    agreement::require_agreement(tree.facts, outcomes);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.message().find('\x1b') == std::string::npos);
  }
}

TEST_CASE("an image without a driver skips the driver's rules and keeps the others",
          "[agreement]") {
  AgreeingTree tree;
  tree.facts.driver.reset();
  tree.facts.kernel_line.clear();
  tree.put("usr/lib/ingot/image.json",
           format(R"({{"image": "image", "version": "1", "driver": null,)"
                  R"( "kernel": {{"release": "{}"}}}})",
                  release));
  CHECK(ids_with(tree, Outcome::fail).empty());
  const auto skipped = ids_with(tree, Outcome::skip);
  for (const std::string id : {"kmod.version", "smi.path", "fw.gsp", "drv.blacklist"})
    CHECK(std::find(skipped.begin(), skipped.end(), id) != skipped.end());
  tree.put("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  CHECK(ids_with(tree, Outcome::fail) == std::vector<std::string>{"img.machineid"});
}

TEST_CASE("an image without kernel and containerd is judged too", "[agreement]") {
  AgreeingTree tree;
  tree.facts.driver.reset();
  tree.facts.kernel_release.clear();
  std::erase_if(tree.facts.packages, [](const auto& p) { return p.name != "bash"; });
  tree.remove("boot");
  tree.remove("vmlinuz");
  tree.remove("usr/lib/modules");
  tree.remove("var/lib/dpkg/status");
  tree.add_package("bash", "5.2-1", "install", "bash");
  tree.put("usr/lib/ingot/image.json", R"({"image": "image", "version": "1"})");
  CHECK(ids_with(tree, Outcome::fail).empty());
}
