// SPDX-License-Identifier: Apache-2.0
// The handle of libguestfs, and its errors as ours.
#pragma once

#include <guestfs.h>

#include <string_view>

#include "base/error.hpp"
#include "base/handle.hpp"

namespace ingot::guest {

using LibraryHandle = CHandle<guestfs_h, guestfs_close>;

/// A handle that prints nothing.
LibraryHandle new_library();

/// Throws `fault` with the library's own reason unless `good`; Interrupted when a stop was asked
/// for meanwhile, since that ends the machine as well.
void check_library(guestfs_h* library, bool good, Fault fault, std::string_view doing);

}  // namespace ingot::guest
