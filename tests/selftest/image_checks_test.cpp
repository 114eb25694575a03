// SPDX-License-Identifier: Apache-2.0
// os.*, img.* and kern.* on fake trees.
#include "fake_tree.hpp"
#include "support/catch.hpp"

using namespace selftest_test;
using ingot::selftest::Outcome;

TEST_CASE("a healthy tree fails no check", "[selftest]") {
  const FakeTree tree;
  const auto node = tree.node();
  REQUIRE(node.image);
  for (const auto& check : ingot::selftest::catalogue()) {
    if (check.id == "crt.up" || check.id == "kmod.nogpu" || check.id == "sd.failed") continue;
    const auto result = run_check(std::string(check.id), node);
    INFO(check.id << ": " << result.reason);
    const bool skipped = check.when == ingot::selftest::When::gpu;
    CHECK(result.outcome == (skipped ? Outcome::skip : Outcome::pass));
    CHECK_FALSE(result.reason.empty());
  }
}

TEST_CASE("a tree that is not running is judged by the checks that hold for it", "[selftest]") {
  FakeTree tree;
  tree.remove("/proc");
  auto options = tree.options();
  options.building = true;
  const auto node = ingot::selftest::look_at(options);
  CHECK(node.kernel == kernel);
  CHECK(run_check("kern.release", node).outcome == Outcome::pass);
  CHECK(run_check("kern.cmdline", node).outcome == Outcome::skip);
  CHECK(run_check("kmod.signature", node).outcome == Outcome::pass);
}

TEST_CASE("os-release must name the system that was built", "[selftest]") {
  FakeTree tree;
  tree.write("/usr/lib/os-release", "ID=debian\n");
  CHECK(tree.check("os.release").reason == "os-release has no VERSION_ID");
  tree.write("/usr/lib/os-release", "ID=debian\nVERSION_ID=14\n");
  CHECK(holds(tree.check("os.release").reason, "VERSION_ID is 14"));
  tree.remove("/usr/lib/os-release");
  CHECK(tree.check("os.release").outcome == Outcome::fail);
}

TEST_CASE("a manifest that was changed, or signed by another key, is refused", "[selftest]") {
  FakeTree tree;
  SECTION("changed") {
    tree.replace("/usr/lib/ingot/image.json", "2026.11.1", "2026.11.2");
    CHECK(holds(tree.check("img.manifest").reason, "signature does not hold"));
  }
  SECTION("other key") {
    tree.seal(other_key());
    CHECK(holds(tree.check("img.manifest").reason, "signature does not hold"));
  }
  SECTION("certificate exchanged too") {
    tree.seal(other_key());
    tree.write("/usr/lib/ingot/module-signing.der", other_key().certificate());
    CHECK(holds(tree.check("img.manifest").reason, "certificate's SHA-256"));
  }
  SECTION("no signature") {
    tree.remove("/usr/lib/ingot/image.json.sig");
    CHECK(holds(tree.check("img.manifest").reason, "image.json.sig is missing"));
  }
  SECTION("certificate is garbage") {
    tree.write("/usr/lib/ingot/module-signing.der", "garbage");
    CHECK(tree.check("img.manifest").outcome == Outcome::fail);
  }
}

TEST_CASE("a manifest that says what nobody knows is refused, and other checks say so",
          "[selftest]") {
  FakeTree tree;
  SECTION("unknown key") {
    tree.manifest["colour"] = "green";
    tree.seal();
    CHECK(holds(tree.check("img.manifest").reason, "unknown key 'colour'"));
  }
  SECTION("missing key") {
    tree.manifest["kernel"].erase("release");
    tree.seal();
    CHECK(holds(tree.check("img.manifest").reason, "kernel lacks the key 'release'"));
  }
  SECTION("other schema") {
    tree.manifest["schema"] = "ingot/image/v2";
    tree.seal();
    CHECK(holds(tree.check("img.manifest").reason, "ingot/image/v2"));
  }
  SECTION("no JSON") {
    tree.write("/usr/lib/ingot/image.json", "{");
    CHECK(holds(tree.check("img.manifest").reason, "no JSON"));
  }
  CHECK(tree.check("img.pkgs").outcome == Outcome::skip);
}

TEST_CASE("packages must have their exact versions and be on hold", "[selftest]") {
  FakeTree tree;
  const std::string status = "/var/lib/dpkg/status";
  SECTION("upgraded") {
    tree.replace(status, "Version: 13.8", "Version: 13.9");
    CHECK(tree.check("img.pkgs").reason == "base-files is 13.9, built with 13.8");
  }
  SECTION("not held") {
    tree.replace(status, "hold ok", "install ok");
    CHECK(holds(tree.check("img.pkgs").reason, "is not on hold"));
  }
  SECTION("removed") {
    tree.replace(status, "install ok installed", "deinstall ok config-files");
    CHECK(tree.check("img.pkgs").reason == "base-files is not installed but config-files");
  }
  SECTION("more packages than the manifest names are no fault") {
    tree.replace(status, "Package: base-files",
                 "Package: own\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n"
                 "Package: base-files");
    CHECK(tree.check("img.pkgs").outcome == Outcome::pass);
  }
  SECTION("no database") {
    tree.remove(status);
    CHECK(tree.check("img.pkgs").outcome == Outcome::fail);
  }
}

TEST_CASE("apt's timers must be masked", "[selftest]") {
  FakeTree tree;
  SECTION("not masked") {
    tree.remove("/etc/systemd/system/apt-daily.timer");
    CHECK(tree.check("img.noupgrade").reason == "apt-daily.timer is not masked");
  }
  SECTION("unattended upgrades") {
    const std::string unit = "unattended-upgrades.service";
    tree.write("/usr/lib/systemd/system/" + unit, "[Service]\n");
    CHECK(tree.check("img.noupgrade").outcome == Outcome::pass);
    tree.link("/etc/systemd/system/multi-user.target.wants/" + unit,
              "/usr/lib/systemd/system/" + unit);
    CHECK(tree.check("img.noupgrade").reason == unit + " is enabled");
  }
}

TEST_CASE("one kernel runs, and it is the image's", "[selftest]") {
  FakeTree tree;
  SECTION("another runs") {
    tree.write("/proc/sys/kernel/osrelease", "6.12.94+deb13-amd64\n");
    CHECK(holds(tree.check("kern.release").reason, "kernel 6.12.94+deb13-amd64 runs"));
  }
  SECTION("modules of another") {
    tree.write("/usr/lib/modules/6.1.0-47-amd64/modules.dep", "");
    CHECK(holds(tree.check("kern.release").reason, "/usr/lib/modules/6.1.0-47-amd64"));
  }
  SECTION("another can be booted") {
    tree.write("/boot/vmlinuz-6.1.0-47-amd64", "kernel");
    CHECK(holds(tree.check("kern.release").reason, "/boot/vmlinuz-6.1.0-47-amd64"));
  }
}

TEST_CASE("the kernel line must hold what the layers ask for", "[selftest]") {
  FakeTree tree;
  tree.write("/proc/cmdline", "console=tty0 console=ttyS0,115200n8\n");
  const auto result = tree.check("kern.cmdline");
  CHECK(result.outcome == Outcome::fail);
  CHECK(holds(result.reason, "'modprobe.blacklist=nouveau,nova_core'"));
}

TEST_CASE("a clock behind the image's date is found", "[selftest]") {
  FakeTree tree;
  CHECK(tree.check("time.sane").outcome == Outcome::pass);
  std::filesystem::last_write_time(
      tree.at("/usr/lib/ingot/image.json"),
      std::filesystem::file_time_type::clock::now() + std::chrono::hours(48));
  CHECK(holds(tree.check("time.sane").reason, "behind the image's date"));
}
