// SPDX-License-Identifier: Apache-2.0
#include "agreement/containerd_config.hpp"

#include "agreement/library_cache.hpp"
#include "agreement/modprobe_config.hpp"
#include "agreement/unit_files.hpp"
#include "agreement/version_text.hpp"
#include "base/error.hpp"
#include "support/agreeing_tree.hpp"
#include "support/catch.hpp"

using namespace ingot;
using agreement::ContainerdConfig;
using agreement::TreeIndex;

namespace {

ContainerdConfig config_of(const test::AgreeingTree& tree) {
  return agreement::read_containerd_config(TreeIndex(tree.tree));
}

}  // namespace

TEST_CASE("a drop-in that holds a part of the CRI section erases the rest", "[agreement]") {
  const test::AgreeingTree tree;
  REQUIRE(config_of(tree).runtime("runc") != nullptr);
  tree.put("etc/containerd/conf.d/99-nvidia.toml", R"(version = 2
[plugins."io.containerd.grpc.v1.cri"]
  enable_cdi = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia.options]
    BinaryName = "/usr/bin/nvidia-container-runtime"
)");
  const ContainerdConfig config = config_of(tree);
  CHECK(config.bad_imports.empty());
  CHECK(config.runtime("runc") == nullptr);
  REQUIRE(config.runtime("nvidia") != nullptr);
  CHECK(config.runtime("nvidia")->program == "/usr/bin/nvidia-container-runtime");
  CHECK(config.default_runtime.empty());
}

TEST_CASE("imports are read from any folder, and hidden or other files are not", "[agreement]") {
  const test::AgreeingTree tree;
  tree.edit("etc/containerd/config.toml", "\"/etc/containerd/conf.d/*.toml\"",
            "\"/etc/containerd/conf.d/*.toml\", \"other.toml\"");
  tree.put("etc/containerd/conf.d/.hidden.toml", "broken [");
  tree.put("etc/containerd/conf.d/note.txt", "broken [");
  CHECK(config_of(tree).bad_imports.empty());
  tree.put("etc/containerd/other.toml", "broken [");
  REQUIRE(config_of(tree).bad_imports.size() == 1);
  CHECK(config_of(tree).bad_imports[0].file == "etc/containerd/other.toml");
}

TEST_CASE("version 3 keeps the runtimes in a plugin of their own, with CDI on", "[agreement]") {
  const test::AgreeingTree tree;
  tree.put("etc/containerd/config.toml", R"(version = 3
[plugins.'io.containerd.cri.v1.runtime'.containerd]
default_runtime_name = 'runc'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'
)");
  const ContainerdConfig config = config_of(tree);
  CHECK(config.broken.empty());
  CHECK(config.enable_cdi);
  CHECK(config.default_runtime == "runc");
  CHECK_FALSE(config.runtime("runc")->systemd_cgroup);
}

TEST_CASE("modprobe.d is read as modprobe does", "[agreement]") {
  agreement::ModprobeConfig config;
  config.add("a",
             "# blacklist commented\n blacklist\tnova-core\ninstall i2c \\\n  /bin/false\n"
             "install sound /sbin/modprobe --ignore-install sound\nblacklist\n");
  CHECK(config.blocks("nova_core"));
  CHECK(config.blocks("i2c"));
  CHECK_FALSE(config.blocks("sound"));
  CHECK_FALSE(config.blocks("commented"));
}

TEST_CASE("units are found as files, templates, masks and wishes", "[agreement]") {
  const test::AgreeingTree tree;
  tree.put("usr/lib/systemd/system/getty@.service", "[Service]\n");
  tree.link("etc/systemd/system/getty.target.wants/getty@tty1.service",
            "/usr/lib/systemd/system/getty@.service");
  tree.put("etc/systemd/system/empty.service", "");
  const TreeIndex index(tree.tree);
  const agreement::UnitFiles units(index);
  CHECK(units.exists("getty@tty1.service"));
  CHECK(units.enabled("getty@tty1.service"));
  CHECK_FALSE(units.exists("getty.service"));
  CHECK(units.masked("empty.service"));
  CHECK(units.masked("apt-daily.timer"));
  CHECK_FALSE(units.exists("apt-daily.timer"));
  CHECK(units.enabled("containerd.service"));
  CHECK(units.text("nvidia-persistenced.service").find("Condition") != std::string::npos);
}

TEST_CASE("a loader's cache is read, and damage refused", "[agreement]") {
  const std::string bytes =
      test::AgreeingTree::library_cache({{"a.so", "/x/a.so"}, {"a.so", "/y"}});
  CHECK(agreement::parse_library_cache(bytes).at("a.so") ==
        std::vector<std::string>{"/x/a.so", "/y"});
  for (std::size_t length = 0; length < bytes.size(); ++length)
    CHECK_THROWS_AS(agreement::parse_library_cache(bytes.substr(0, length)), Error);
}

TEST_CASE("driver versions are told from other numbers", "[agreement]") {
  for (const char* good : {"550.163.01", "535.54.03", "410.48", "999.999.99"})
    CHECK(agreement::is_driver_version(good));
  for (const char* bad : {"", "1.17.8", "5500.163.01", "550", "550.1", "550.163.01x", "550.163.0"})
    CHECK_FALSE(agreement::is_driver_version(bad));
  CHECK(
      agreement::driver_versions_in("libcuda.so.550.163.01 and 535.54.03, not 1234.56 or 1.2.3") ==
      std::set<std::string>{"535.54.03", "550.163.01"});
  CHECK(agreement::driver_versions_in(".").empty());
}
