// SPDX-License-Identifier: Apache-2.0
#include "os/network.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

enum Answer : int { private_network = 0, forbidden = 1, wrong_network = 2 };

/// What a process of its own finds, since there is no way back.
Answer look_inside() {
  try {
    os::enter_private_network();
  } catch (const Error& error) {
    return error.fault() == Fault::environment ? forbidden : wrong_network;
  }
  ifaddrs* addresses = nullptr;
  if (::getifaddrs(&addresses) != 0) return wrong_network;
  bool loopback_up = false;
  for (const ifaddrs* each = addresses; each != nullptr; each = each->ifa_next) {
    if (std::strcmp(each->ifa_name, "lo") != 0 && (each->ifa_flags & IFF_UP) != 0) {
      return wrong_network;
    }
    if (std::strcmp(each->ifa_name, "lo") == 0) loopback_up = (each->ifa_flags & IFF_UP) != 0;
  }
  ::freeifaddrs(addresses);
  return loopback_up ? private_network : wrong_network;
}

}  // namespace

TEST_CASE("a private network holds a loopback that is up and no other interface that is") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(look_inside());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == forbidden) {
    WARN("this kernel gives no network namespaces; nothing was checked");
    return;
  }
  CHECK(WEXITSTATUS(status) == private_network);
}
