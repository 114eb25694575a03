// SPDX-License-Identifier: Apache-2.0
#include "os/identity.hpp"

#include <vector>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/format.hpp"

namespace ingot::os {
namespace {

constexpr std::size_t entry_limit = 16384;

std::string user_name(uid_t user) {
  std::vector<char> buffer(entry_limit);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return format("{}", user);
}

}  // namespace

Caller caller() { return {user_name(::geteuid()), ::geteuid(), ::getegid()}; }

std::string group_name(gid_t group) {
  std::vector<char> buffer(entry_limit);
  struct group entry {};
  struct group* found = nullptr;
  if (::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.gr_name;
  }
  return format("{}", group);
}

}  // namespace ingot::os
