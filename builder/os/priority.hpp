// SPDX-License-Identifier: Apache-2.0
// Work that must not take the processors from others.
#pragma once

namespace ingot::os {

/// The calling thread, and those that it starts from now on, give way to all others. Where that is
/// not possible they do not.
void give_way() noexcept;

}  // namespace ingot::os
