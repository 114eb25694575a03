// SPDX-License-Identifier: Apache-2.0
#include "os/network.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/fd.hpp"

namespace ingot::os {
namespace {

void write_map(const char* path, std::string_view text) {
  const Fd file = open_file(path, O_WRONLY);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw_errno(format("writing {}", path));
  }
}

// Without root a network namespace takes a user namespace, in which we stay who we are.
void unshare_as_user() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    throw Error(Fault::environment, format("the kernel gives no network namespace of our own: {}",
                                           std::system_category().message(errno)));
  }
  write_map("/proc/self/setgroups", "deny");
  write_map("/proc/self/uid_map", format("{} {} 1", user, user));
  write_map("/proc/self/gid_map", format("{} {} 1", group, group));
}

}  // namespace

void enter_private_network() {
  if (::unshare(CLONE_NEWNET) != 0) unshare_as_user();

  const Fd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) throw_errno("making a socket");
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", 3);
  request.ifr_flags = IFF_UP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) throw_errno("bringing up the loopback");
}

}  // namespace ingot::os
