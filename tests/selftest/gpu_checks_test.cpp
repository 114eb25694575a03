// SPDX-License-Identifier: Apache-2.0
// pci.*, kmod.loaded, dev.nodes and nvml.* on fake trees, with a fake NVML library.
#include <cstdlib>
#include <map>

#include "fake_tree.hpp"
#include "runner.hpp"
#include "support/catch.hpp"

using namespace selftest_test;
using ingot::selftest::DeviceNode;
using ingot::selftest::Gpus;
using ingot::selftest::Node;
using ingot::selftest::Outcome;

namespace {

class Setting {
public:
  Setting(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Setting() { ::unsetenv(name_); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

private:
  const char* name_;
};

Node with_devices(Node node, std::map<std::string, DeviceNode, std::less<>> devices) {
  node.device_at = [devices = std::move(devices)](std::string_view path) {
    const auto found = devices.find(path);
    return found == devices.end() ? std::nullopt : std::optional(found->second);
  };
  return node;
}

std::map<std::string, DeviceNode, std::less<>> healthy_devices() {
  return {{"/dev/nvidiactl", {195, 255, 0666}}, {"/dev/nvidia-modeset", {195, 254, 0666}},
          {"/dev/nvidia0", {195, 0, 0666}},     {"/dev/nvidia1", {195, 1, 0666}},
          {"/dev/nvidia-uvm", {511, 0, 0666}},  {"/dev/nvidia-uvm-tools", {511, 1, 0666}}};
}

}  // namespace

TEST_CASE("GPUs are counted by vendor and class", "[selftest]") {
  FakeTree tree;
  tree.gpus(2);
  CHECK(tree.node().gpus.size() == 2);
  CHECK(tree.check("pci.count").outcome == Outcome::pass);
  CHECK(tree.check("pci.absent").outcome == Outcome::skip);
  CHECK(tree.check("kmod.nogpu").outcome == Outcome::skip);
}

TEST_CASE("a profile that demands GPUs fails where they are missing", "[selftest]") {
  FakeTree tree;
  tree.manifest["profile"] = {{"gpus", "required"}, {"count", 2}};
  tree.seal();
  CHECK(holds(tree.check("pci.count").reason, "the PCI bus shows none"));
  CHECK(tree.check("pci.absent").outcome == Outcome::fail);
  CHECK(tree.check("nvml.init").reason == "no NVIDIA GPU");
  SECTION("one of two") {
    tree.gpus(1);
    CHECK(tree.check("pci.count").reason == "1 GPU, the profile demands 2");
  }
  SECTION("both") {
    tree.gpus(2);
    CHECK(tree.check("pci.count").outcome == Outcome::pass);
  }
}

TEST_CASE("a machine's own profile comes before the image's", "[selftest]") {
  FakeTree tree;
  tree.write("/etc/ingot/profile.json", R"({"gpus": "required"})");
  CHECK(tree.check("pci.absent").outcome == Outcome::fail);
  tree.write("/etc/ingot/profile.json", R"({"gpus": "many"})");
  CHECK(holds(tree.check("pci.count").reason, "profile.json: profile.gpus is 'many'"));
  auto options = tree.options();
  tree.write("/given.json", R"({"gpus": "none"})");
  options.profile = tree.at("/given.json");
  CHECK(ingot::selftest::look_at(options).profile.gpus == Gpus::none);
}

TEST_CASE("the driver's modules must be live", "[selftest]") {
  FakeTree tree;
  tree.gpus(2);
  CHECK(tree.check("kmod.loaded").outcome == Outcome::pass);
  SECTION("not loaded") {
    tree.replace("/proc/modules", "nvidia_uvm 4096 1 - Live 0x0000000000000000 (POE)\n", "");
    CHECK(tree.check("kmod.loaded").reason == "nvidia_uvm is not loaded");
  }
  SECTION("loading") {
    tree.replace("/proc/modules", "Live", "Loading");
    CHECK(tree.check("kmod.loaded").reason == "nvidia is Loading");
  }
  SECTION("going") {
    tree.write("/sys/module/nvidia/initstate", "going\n");
    CHECK(tree.check("kmod.loaded").reason == "nvidia is going");
  }
}

TEST_CASE("device nodes must be there with the right numbers and mode", "[selftest]") {
  FakeTree tree;
  tree.gpus(2);
  auto devices = healthy_devices();
  const auto check = [&] { return run_check("dev.nodes", with_devices(tree.node(), devices)); };
  CHECK(check().outcome == Outcome::pass);
  SECTION("missing") {
    devices.erase("/dev/nvidia1");
    CHECK(holds(check().reason, "/dev/nvidia1 is missing"));
  }
  SECTION("stale UVM major") {
    devices["/dev/nvidia-uvm"].major = 510;
    CHECK(check().reason == "/dev/nvidia-uvm is 510:0, not 511:0");
  }
  SECTION("mode") {
    devices["/dev/nvidiactl"].mode = 0600;
    CHECK(holds(check().reason, "not readable and writable by all"));
  }
  SECTION("no UVM") {
    tree.write("/proc/devices", "Character devices:\n195 nvidia\n");
    CHECK(check().reason == "/proc/devices has no nvidia-uvm");
  }
  SECTION("minor number from the driver") {
    tree.write("/proc/driver/nvidia/gpus/0000:10:00.0/information", "Device Minor: 5\n");
    CHECK(holds(check().reason, "/dev/nvidia5 is missing"));
  }
  SECTION("a plain file is no device") {
    tree.write("/dev/nvidiactl", "");
    CHECK(holds(run_check("dev.nodes", tree.node()).reason, "/dev/nvidiactl is missing"));
  }
}

TEST_CASE("NVML that works passes", "[selftest]") {
  FakeTree tree;
  tree.gpus(2);
  for (const char* id : {"nvml.init", "nvml.version", "nvml.count"}) {
    const auto result = tree.check(id);
    INFO(id << ": " << result.reason);
    CHECK(result.outcome == Outcome::pass);
  }
}

TEST_CASE("NVML's errors are put in words", "[selftest]") {
  FakeTree tree;
  tree.gpus(2);
  SECTION("driver not loaded") {
    const Setting setting("FAKE_NVML_SCENARIO", "not-loaded");
    CHECK(holds(tree.check("nvml.init").reason, "not loaded (NVML error 9)"));
  }
  SECTION("skew") {
    const Setting setting("FAKE_NVML_SCENARIO", "skew");
    CHECK(holds(tree.check("nvml.init").reason, "versions differ (NVML error 18)"));
  }
  SECTION("lost GPU") {
    const Setting setting("FAKE_NVML_SCENARIO", "lost");
    CHECK(holds(tree.check("nvml.count").reason, "(1): a GPU has fallen off the bus"));
  }
  SECTION("count") {
    const Setting setting("FAKE_NVML_COUNT", "1");
    CHECK(tree.check("nvml.count").reason == "NVML sees 1 GPU, the PCI bus shows 2 GPUs");
  }
  SECTION("library of another version") {
    const Setting setting("FAKE_NVML_DRIVER", "550.163.02");
    CHECK(holds(tree.check("nvml.version").reason, "NVML says driver 550.163.02"));
  }
  SECTION("module of another version") {
    tree.write("/proc/driver/nvidia/version", "NVRM version: NVIDIA  550.1\n");
    CHECK(holds(tree.check("nvml.version").reason, "the loaded module says"));
  }
  SECTION("no library") {
    auto node = tree.node();
    node.nvml = tree.at("/none.so");
    CHECK(holds(run_check("nvml.init", node).reason, "cannot be loaded"));
    node.nvml = FAKE_NVML_CUT;
    CHECK(holds(run_check("nvml.init", node).reason, "NVML has no function"));
  }
}

TEST_CASE("NVML that hangs is killed", "[selftest]") {
  FakeTree tree;
  tree.gpus(2);
  const Setting setting("FAKE_NVML_SCENARIO", "hang");
  const auto node = tree.node();
  const auto result = ingot::selftest::run_guarded([&] { return run_check("nvml.init", node); },
                                                   std::chrono::milliseconds(200));
  CHECK(result.outcome == Outcome::fail);
  CHECK(holds(result.reason, "hung: no answer within 200 ms; killed"));
}
