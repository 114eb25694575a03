// SPDX-License-Identifier: Apache-2.0
#include "guest/library.hpp"

#include "base/format.hpp"
#include "os/signals.hpp"

namespace ingot::guest {

LibraryHandle new_library() {
  // The environment must not steer what a verification looks through.
  LibraryHandle library(guestfs_create_flags(GUESTFS_CREATE_NO_ENVIRONMENT));
  if (!library) throw Error(Fault::environment, "libguestfs gives no handle; is memory short?");
  guestfs_set_error_handler(library.get(), nullptr, nullptr);
  return library;
}

void check_library(guestfs_h* library, bool good, Fault fault, std::string_view doing) {
  if (good) return;
  os::check_stop();
  const char* reason = guestfs_last_error(library);
  std::string_view text = reason != nullptr ? reason : "libguestfs gives no reason";
  // Behind the first line stands advice for people who call the library by hand.
  text = text.substr(0, text.find('\n'));
  throw Error(fault, format("cannot {}: {}", doing, text));
}

}  // namespace ingot::guest
