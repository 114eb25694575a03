// SPDX-License-Identifier: Apache-2.0
// What lies beside a layer.yaml: files, sources, and the scripts of its phases.
#pragma once

#include "spec/layer.hpp"
#include "spec/parse.hpp"

namespace ingot::spec {

/// Looks into the layer's folder. Faults: scripts that are no phase, or that cannot be executed.
LayerContent find_content(const Origin& origin, Diagnostics& diagnostics);

}  // namespace ingot::spec
