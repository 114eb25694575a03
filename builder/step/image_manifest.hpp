// SPDX-License-Identifier: Apache-2.0
// What an image says of itself: /usr/lib/ingot/image.json, signed by the module key, which the
// self-test of the node holds the running system against.
#pragma once

#include <string>

#include "crypto/certificate.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"

namespace ingot::step {

struct OsRelease {
  std::string id;
  std::string version_id;
};

/// ID and VERSION_ID of an os-release text; Fault::verification when one is missing.
OsRelease parse_os_release(std::string_view text);

/// The manifest's JSON ("ingot/image/v1"), ending in a newline; the same inputs, the same bytes.
std::string image_manifest(const spec::ResolvedImage& image, const spec::Lock& lock,
                           const OsRelease& os_release, const crypto::Certificate& signer);

/// The locked version of a package of the image root, or "".
std::string locked_version(const spec::Lock& lock, std::string_view package);

}  // namespace ingot::step
