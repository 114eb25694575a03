// SPDX-License-Identifier: Apache-2.0
// crt.*: configurations on fake trees, and a runtime played by a thread behind a socket.
#include <cstring>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "broken.hpp"
#include "cri.hpp"
#include "fake_tree.hpp"
#include "file.hpp"
#include "support/catch.hpp"
#include "toml.hpp"

using namespace selftest_test;
using ingot::selftest::Outcome;
using ingot::selftest::parse_toml;

namespace {

const std::string config = "/etc/containerd/config.toml";

// Answers one connection with fixed bytes, then waits for the client to hang up.
class FakeRuntime {
public:
  FakeRuntime(const std::filesystem::path& path, std::string answer)
      : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
    std::filesystem::create_directories(path.parent_path());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const auto* general = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    REQUIRE(::bind(listener_.get(), general, sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 1) == 0);
    thread_ = std::jthread([this] { serve(); });
  }

private:
  void serve() const {
    const ingot::selftest::Fd client(::accept(listener_.get(), nullptr, nullptr));
    std::string rest = answer_;
    if (rest == "hang up") return;
    (void)!::write(client.get(), rest.data(), rest.size());
    char block[4096];
    while (::read(client.get(), block, sizeof block) > 0) {
    }
  }

  ingot::selftest::Fd listener_;
  std::string answer_;
  std::jthread thread_;
};

std::string frame(int type, int flags, int stream, const std::string& payload) {
  std::string out;
  out += '\0';
  out += static_cast<char>(payload.size() / 256);
  out += static_cast<char>(payload.size() % 256);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  out += std::string(3, '\0') + static_cast<char>(stream);
  return out + payload;
}

std::string field(int number, const std::string& text) {
  return std::string() + static_cast<char>(number * 8 + 2) + static_cast<char>(text.size()) + text;
}

std::string answer(int stream, const std::string& message) {
  const std::string body = std::string(4, '\0') + static_cast<char>(message.size()) + message;
  // The message in two frames, one with padding, as a server may send it.
  return frame(1, 4, stream, "\x88") + frame(0, 0, stream, body.substr(0, 3)) +
         frame(0, 8, stream, "\2" + body.substr(3) + "zz") + frame(1, 5, stream, "\x88");
}

std::string condition(const std::string& name, bool met) {
  std::string text = field(1, name);
  if (met) text += std::string("\x10\x01", 2);
  return field(1, text + field(3, "why") + field(4, "because"));
}

const std::string hello = frame(4, 0, 0, "") + frame(6, 0, 0, "12345678") + frame(8, 0, 0, "1234");
const std::string version =
    answer(1, field(1, "0.1.0") + field(2, "containerd") + field(3, "1.7.24") + field(4, "v1"));

}  // namespace

TEST_CASE("a configuration that kubelet cannot use is refused with every fault", "[selftest]") {
  FakeTree tree;
  const auto fault_after = [&](const std::string& from, const std::string& to) {
    tree.replace(config, from, to);
    const auto result = tree.check("crt.config");
    CHECK(result.outcome == Outcome::fail);
    return result.reason;
  };
  SECTION("syntax") {
    CHECK(holds(fault_after("enable_cdi = true", "enable_cdi = true true"), "line 5"));
  }
  SECTION("CDI off") {
    CHECK(fault_after("enable_cdi = true", "enable_cdi = false") == "enable_cdi is not true");
  }
  SECTION("CDI off, where containerd knows none") {
    tree.manifest["containerd"]["version"] = "1.6.20~ds1-1";
    tree.seal();
    tree.replace(config, "enable_cdi = true", "");
    CHECK(tree.check("crt.config").outcome == Outcome::pass);
  }
  SECTION("CDI folders") {
    CHECK(holds(fault_after("\"/etc/cdi\", ", ""), "cdi_spec_dirs lacks /etc/cdi"));
  }
  SECTION("cgroup driver") {
    CHECK(holds(fault_after("SystemdCgroup = true", ""), "runtime runc has no options.Systemd"));
  }
  SECTION("runc lost") {
    CHECK(holds(fault_after("runtimes.runc]", "runtimes.other]"), "runtime runc"));
  }
  SECTION("default runtime") {
    CHECK(holds(fault_after("name = \"runc\"", "name = \"kata\""), "kata, which is no runtime"));
  }
  SECTION("version") { CHECK(holds(fault_after("version = 2", "version = 3"), "wants 2")); }
  SECTION("disabled") {
    CHECK(holds(fault_after("plugins = []", "plugins = [\"io.containerd.grpc.v1.cri\"]"),
                "is disabled"));
  }
  SECTION("runtime program") {
    CHECK(holds(fault_after("SystemdCgroup = true",
                            "SystemdCgroup = true\nBinaryName = \"/usr/bin/absent\""),
                "/usr/bin/absent"));
  }
  SECTION("missing") {
    tree.remove(config);
    CHECK(holds(tree.check("crt.config").reason, "config.toml is missing"));
  }
}

TEST_CASE("the nvidia runtime is demanded where the toolkit is in the image", "[selftest]") {
  FakeTree tree;
  tree.manifest["toolkit"] = {{"version", "1.20.0"}};
  tree.seal();
  CHECK(holds(tree.check("crt.config").reason, "runtime nvidia is missing"));
  tree.replace(config, "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]",
               "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.nvidia]\n"
               "runtime_type = \"io.containerd.runc.v2\"\n"
               "options = {SystemdCgroup = true, BinaryName = \"/usr/bin/containerd\"}\n"
               "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]");
  const auto result = tree.check("crt.config");
  INFO(result.reason);
  CHECK(result.outcome == Outcome::pass);
}

TEST_CASE("configuration version 3 is read for containerd 2", "[selftest]") {
  FakeTree tree;
  tree.manifest["containerd"]["version"] = "2.1.4";
  tree.seal();
  tree.write(config, R"(version = 3
[plugins.'io.containerd.cri.v1.runtime']
enable_cdi = true
cdi_spec_dirs = ['/etc/cdi',
  '/var/run/cdi',  # a comment
]
containerd.default_runtime_name = 'runc'
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
runtime_type = 'io.containerd.runc.v2'
options.SystemdCgroup = true
)");
  const auto result = tree.check("crt.config");
  INFO(result.reason);
  CHECK(result.outcome == Outcome::pass);
}

TEST_CASE("TOML is read as far as containerd needs it, and no farther", "[selftest]") {
  const auto toml = parse_toml(
      "a = 1_000\nb = 0x1f\nc = -2.5\n'd e' = \"t\\t\\u00e9\\\"\"\nf = [1, [2], {g = ''}]\r\n"
      "[[h]]\ni = 1\n[[h]]\ni = 2\n[h.j]\nk = true\n[l.m]\n[l]\nn = \"\"\n");
  CHECK(*toml.find({"a"})->number() == 1000);
  CHECK(*toml.find({"b"})->number() == 31);
  CHECK(*toml.find({"d e"})->text() == "t\t\xc3\xa9\"");
  REQUIRE(toml.find({"h"})->list()->size() == 2);
  CHECK(*toml.find({"h"})->list()->at(1).find({"j", "k"})->flag());
  CHECK(toml.find({"l", "m"})->table() != nullptr);
  CHECK(toml.find({"l", "x", "y"}) == nullptr);
  for (const char* bad : {"a",
                          "a =",
                          "a = ",
                          "= 1",
                          "[a",
                          "[a]]",
                          "a = [1",
                          "a = {b = 1",
                          "a = 'x",
                          "a = \"\\q\"",
                          "a = 1 2",
                          "a = 1\na = 2",
                          "[a]\n[a]",
                          "a = 1\n[a]",
                          "a = 1\n[[a]]",
                          "a = 12:30",
                          "a = \"\"\"x\"\"\"",
                          "a.b = 1\na = 2",
                          "a = \"\\uzzzz\"",
                          "a = 0x",
                          "[]"}) {
    INFO(bad);
    CHECK_THROWS_AS(parse_toml(bad), ingot::selftest::Broken);
  }
  CHECK_THROWS_AS(parse_toml("a = " + std::string(10000, '[')), ingot::selftest::Broken);
}

TEST_CASE("a runtime that answers and is ready passes", "[selftest]") {
  const FakeTree tree;
  const FakeRuntime runtime(
      tree.at("/run/containerd/containerd.sock"),
      hello + version +
          answer(3, field(1, condition("RuntimeReady", true) + condition("NetworkReady", false))));
  const auto result = tree.check("crt.up");
  INFO(result.reason);
  CHECK(result.outcome == Outcome::pass);
  CHECK(holds(result.reason, "containerd 1.7.24, CRI v1"));
}

TEST_CASE("a runtime that is not ready, or no runtime, fails", "[selftest]") {
  const FakeTree tree;
  const auto path = tree.at("/run/containerd/containerd.sock");
  const auto reason_with = [&](const std::string& bytes) {
    const FakeRuntime runtime(path, bytes);
    const auto result = tree.check("crt.up");
    CHECK(result.outcome == Outcome::fail);
    return result.reason;
  };
  SECTION("not ready") {
    CHECK(
        holds(reason_with(hello + version + answer(3, field(1, condition("RuntimeReady", false)))),
              "RuntimeReady: why because"));
  }
  SECTION("no CRI plugin: trailers only") {
    CHECK(holds(reason_with(hello + frame(1, 5, 1, "\x88")), "CRI plugin is not loaded"));
  }
  SECTION("reset") { CHECK(holds(reason_with(hello + frame(3, 0, 1, "1234")), "broke off")); }
  SECTION("refused") { CHECK(holds(reason_with(frame(7, 0, 0, "12345678")), "refused")); }
  SECTION("not HTTP/2") {
    CHECK(holds(reason_with("HTTP/1.1 400 Bad Request\r\n\r\n"), "does not speak HTTP/2"));
  }
  SECTION("hang up") { CHECK(holds(reason_with("hang up"), "hung up")); }
  SECTION("wrong length") {
    CHECK(holds(reason_with(hello + frame(0, 1, 1, std::string("\0\0\0\0\x09xx", 7))),
                "no gRPC message"));
  }
  SECTION("message is no protobuf") {
    CHECK(holds(reason_with(hello + answer(1, "\xff\xff")), "cut short"));
  }
}

TEST_CASE("a runtime that says nothing is given up", "[selftest]") {
  const FakeTree tree;
  const auto path = tree.at("/run/c.sock");
  const FakeRuntime runtime(path, "");
  ingot::selftest::CriConnection connection(path, std::chrono::milliseconds(50));
  CHECK_THROWS_AS(connection.version(), ingot::selftest::Broken);
  CHECK_THROWS_AS(
      ingot::selftest::CriConnection(tree.at("/run/none"), std::chrono::milliseconds(20)),
      ingot::selftest::Broken);
}

TEST_CASE("kubelet and containerd must use one cgroup driver", "[selftest]") {
  FakeTree tree;
  const std::string kubelet = "/var/lib/kubelet/config.yaml";
  SECTION("agree") {
    tree.write(kubelet, "kind: KubeletConfiguration\ncgroupDriver: \"systemd\"  # yes\n");
    CHECK(tree.check("crt.cgroup").outcome == Outcome::pass);
  }
  SECTION("differ") {
    tree.write(kubelet, "cgroupDriver: cgroupfs\n");
    CHECK(holds(tree.check("crt.cgroup").reason, "kubelet's cgroupDriver is cgroupfs"));
  }
  SECTION("version 1") {
    tree.remove("/sys/fs/cgroup/cgroup.controllers");
    CHECK(holds(tree.check("crt.cgroup").reason, "not cgroup version 2"));
  }
}
