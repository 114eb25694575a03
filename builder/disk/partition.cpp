// SPDX-License-Identifier: Apache-2.0
#include "disk/partition.hpp"

namespace ingot::disk {

Guid esp_type() { return Guid::from_text("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"); }
Guid root_x86_64_type() { return Guid::from_text("4f68bce3-e8cd-4db1-96e7-fbcaf984b709"); }

}  // namespace ingot::disk
