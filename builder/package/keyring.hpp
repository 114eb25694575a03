// SPDX-License-Identifier: Apache-2.0
// Which OpenPGP keys a keyring holds, and until when they say they are good. Signatures are gpgv's
// to check; nothing here trusts anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::package {

struct KeyringKey {
  std::string fingerprint;  ///< 40 upper-case hexadecimal digits
  bool primary = true;
  std::int64_t created = 0;             ///< seconds since 1970
  std::optional<std::int64_t> expires;  ///< nothing: never
};

/// The keys of version 4 in the bytes of a keyring (see binary_keyring()), subkeys behind their
/// primary key; Fault::input when the bytes are no keyring.
std::vector<KeyringKey> keyring_keys(std::string_view bytes);

}  // namespace ingot::package
