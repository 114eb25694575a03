// SPDX-License-Identifier: Apache-2.0
// The fingerprint of an OpenPGP public key of version 4 (RFC 4880, 12.2).
#pragma once

#include <string>
#include <string_view>

namespace ingot::crypto {

/// 40 upper-case hexadecimal digits: SHA-1 over the body of a public key packet. A name, and no
/// proof of anything.
std::string key_fingerprint(std::string_view packet);

}  // namespace ingot::crypto
