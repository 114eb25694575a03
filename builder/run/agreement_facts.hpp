// SPDX-License-Identifier: Apache-2.0
// What a finished tree must agree with, taken from definitions, lock and keys.
#pragma once

#include <filesystem>

#include "agreement/facts.hpp"
#include "base/digest.hpp"
#include "crypto/certificate.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"

namespace ingot::run {

agreement::Facts agreement_facts(const spec::ResolvedImage& image, const spec::Lock& lock,
                                 const crypto::Certificate& module_certificate,
                                 const std::filesystem::path& build_root);

/// Over everything in `facts` but where the build root lies: `build_root` is the key of its tree.
Sha256 key_of(const agreement::Facts& facts, const Sha256& build_root);

}  // namespace ingot::run
