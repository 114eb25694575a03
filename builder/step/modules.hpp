// SPDX-License-Identifier: Apache-2.0
// The driver's kernel modules: compiled without DKMS, stripped, and signed apart from that.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "spec/project.hpp"
#include "step/build_root.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

/// Compiles on all cores in the build root and puts the unsigned modules, without debug and type
/// information, into the stage's folder. Fault::step_failed shows the first compiler error.
void compile_modules(const Workplace& workplace, const BuildRoot& build_root, store::Stage& stage,
                     const std::string& step, const spec::Kernel& kernel,
                     const spec::ResolvedDriver& driver);

/// Where the image has them: usr/lib/modules/<release>/updates/nvidia.
std::filesystem::path modules_folder(const spec::Kernel& kernel);

/// Signs every module of `unsigned_modules` into the same names below `target`.
void sign_modules(const std::filesystem::path& unsigned_modules,
                  const std::filesystem::path& target, const crypto::PrivateKey& key,
                  const crypto::Certificate& certificate);

}  // namespace ingot::step
