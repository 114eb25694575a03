// SPDX-License-Identifier: Apache-2.0
// From a plan of an ext4 to its bytes, in ascending order.
#pragma once

#include "disk/block_stream.hpp"
#include "disk/ext4_content.hpp"
#include "disk/ext4_plan.hpp"

namespace ingot::disk {

/// Offsets in the stream are those of the image (see Ext4Spec::offset). Does not finish it.
void write_planned(const Ext4Plan& plan, const OpenContent& open, BlockStream& stream);

}  // namespace ingot::disk
