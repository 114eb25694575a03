// SPDX-License-Identifier: Apache-2.0
// An image's definitions together with its lock, as every verb that builds needs them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "spec/lock.hpp"
#include "spec/project.hpp"

namespace ingot::run {

/// The image with everything filled in; Fault::input lists every fault of its definitions.
spec::ResolvedImage load_image(const std::filesystem::path& project, const std::string& image);

/// The committed lock, or nothing when there is none; Fault::input when it is damaged.
std::optional<spec::Lock> load_lock(const spec::ResolvedImage& image);

}  // namespace ingot::run
