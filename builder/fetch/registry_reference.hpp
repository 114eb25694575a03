// SPDX-License-Identifier: Apache-2.0
// Where a repository of a container registry is: oci://HOST[:PORT]/REPOSITORY.
#pragma once

#include <string>
#include <string_view>

namespace ingot::fetch {

struct RegistryReference {
  std::string host;        ///< with its port, as given
  std::string repository;  ///< "team/cache"

  /// "oci://HOST/REPOSITORY", for messages.
  std::string text() const;
  /// Scheme and host. Only a registry of this machine is asked without TLS.
  std::string origin() const;

  bool operator==(const RegistryReference&) const = default;
};

/// Fault::input for everything else, also for a tag, a digest, or a user name in it.
RegistryReference parse_registry_reference(std::string_view text);

/// "localhost", 127.0.0.0/8 or [::1], with or without a port.
bool is_loopback(std::string_view host);

}  // namespace ingot::fetch
