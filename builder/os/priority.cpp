// SPDX-License-Identifier: Apache-2.0
#include "os/priority.hpp"

#include <sys/resource.h>

namespace ingot::os {

// On Linux, the priority of "process" 0 is that of the calling thread alone.
void give_way() noexcept { (void)::setpriority(PRIO_PROCESS, 0, 19); }

}  // namespace ingot::os
