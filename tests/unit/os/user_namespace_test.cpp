// SPDX-License-Identifier: Apache-2.0
#include "os/user_namespace.hpp"

#include <cerrno>

#include "support/catch.hpp"

using namespace ingot;
using os::Caller;
using os::IdRange;
using os::IdSource;
using os::NamespaceSettings;
using os::subordinate_range;

namespace {

const Caller ada{"ada", 1001, 1001};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

os::Lack lack_with(const NamespaceSettings& settings, int error = EPERM) {
  return os::namespace_lack(ada, "make a user namespace", error, settings);
}

/// Both kinds of ids as a host has them where nothing is missing.
std::vector<IdSource> good_sources() {
  std::vector<IdSource> sources(2);
  sources[0].file = "/etc/subuid";
  sources[0].program = "newuidmap";
  sources[1].file = "/etc/subgid";
  sources[1].program = "newgidmap";
  for (IdSource& source : sources) {
    source.range = IdRange{100000, 65536};
    source.first_free = 165536;
    source.found = "/usr/bin/" + source.program;
    source.privileged = true;
  }
  return sources;
}

}  // namespace

TEST_CASE("a user's largest range counts, named by name or number", "[os]") {
  const char* text = "ada:100000:1000\nada:200000:65536\n1001:400000:70000\nbob:300000:65536\n";
  CHECK(subordinate_range(text, "ada", 1000) == IdRange{200000, 65536});
  CHECK(subordinate_range(text, "ada", 1001) == IdRange{400000, 70000});
  CHECK(subordinate_range(text, "eve", 1002) == std::nullopt);
  CHECK(subordinate_range("", "ada", 1000) == std::nullopt);
}

TEST_CASE("lines that are no ranges are passed over", "[os]") {
  const char* text =
      "# ada:1:65536\nada\nada:x:65536\nada:1:65536:2\nada:1:-5\nada:1:99999999999\n"
      "ada:100000:65536 \n";
  CHECK(subordinate_range(text, "ada", 1000) == IdRange{100000, 65536});
}

TEST_CASE("new ranges begin behind all others", "[os]") {
  CHECK(os::first_free_id("") == 100000);
  CHECK(os::first_free_id("ada:100000:65536\nbob:231072:65536\neve:165536:65536\n") == 296608);
  CHECK(os::first_free_id("ada:4294900000:65536\nbob:1000:10\n") == 100000);
}

TEST_CASE("a user without enough ids learns the line that gives them", "[os]") {
  auto sources = good_sources();
  CHECK_FALSE(os::range_lack(sources, ada));
  sources[1].range = IdRange{100000, 1000};
  const auto one = os::range_lack(sources, ada);
  REQUIRE(one);
  CHECK(one->what == "/etc/subgid gives ada no 65535 ids");
  CHECK(holds(one->fix, "usermod --add-subuids 165536-231071 --add-subgids 165536-231071 ada"));
  CHECK(holds(one->fix, "ada:165536:65536"));
  sources[0].range.reset();
  CHECK(os::range_lack(sources, ada)->what == "/etc/subuid and /etc/subgid give ada no 65535 ids");
}

TEST_CASE("programs that write maps must be there and privileged", "[os]") {
  auto sources = good_sources();
  CHECK_FALSE(os::program_lack(sources));
  sources[1].privileged = false;
  CHECK(holds(os::program_lack(sources)->what, "/usr/bin/newgidmap is neither set-user-ID"));
  sources[1].found.reset();
  CHECK(os::program_lack(sources)->what == "newgidmap is missing");
  CHECK(os::program_lack(sources)->fix == "as root, run: apt-get install uidmap");
}

TEST_CASE("what forbids a user namespace is told apart", "[os]") {
  NamespaceSettings settings;
  settings.unprivileged_clone = "0";
  CHECK(holds(lack_with(settings).fix, "sysctl -w kernel.unprivileged_userns_clone=1"));
  settings = {};
  settings.maximum = "0";
  CHECK(holds(lack_with(settings, ENOSPC).what, "user.max_user_namespaces is 0"));
  CHECK(holds(lack_with(settings, ENOSPC).fix, "sysctl -w user.max_user_namespaces=15000"));
  settings = {};
  settings.apparmor = "1";
  CHECK(holds(lack_with(settings).fix, "kernel.apparmor_restrict_unprivileged_userns=0"));
  settings = {};
  settings.chroot = true;
  CHECK(holds(lack_with(settings).what, "in a chroot"));
  settings = {};
  settings.seccomp = true;
  CHECK(holds(lack_with(settings).fix, "seccomp=unconfined"));
  settings = {};
  settings.maximum = "15000";
  CHECK(holds(lack_with(settings, ENOSPC).what, "too many already"));
  CHECK(holds(lack_with(settings, EINVAL).what, "built without them"));
  CHECK(holds(lack_with(settings).fix, "build as root there"));
  CHECK(holds(lack_with(settings).what, "ada may not make a user namespace"));
}

TEST_CASE("root of a namespace with few ids is not root enough", "[os]") {
  CHECK_FALSE(os::mapping_lack("         0          0 4294967295\n"));
  CHECK_FALSE(os::mapping_lack("0 1001 1\n1 100000 65536\n"));
  CHECK_FALSE(os::mapping_lack(""));
  const auto lack = os::mapping_lack("         0       1001          1\n");
  REQUIRE(lack);
  CHECK(holds(lack->what, "has 1 ids"));
}
