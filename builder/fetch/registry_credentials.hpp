// SPDX-License-Identifier: Apache-2.0
// Who we are to a registry: the files that `docker login` and `podman login` write.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "fetch/registry_reference.hpp"
#include "os/environment.hpp"

namespace ingot::fetch {

/// Never part of a message.
struct RegistryCredentials {
  std::string user;
  std::string password;
  std::string identity_token;  ///< in place of a password; see OAuth 2.0, 6
};

struct FoundCredentials {
  std::optional<RegistryCredentials> credentials;
  /// A file leaves this registry to a program of its own ("credHelpers"), which is not asked.
  bool left_to_program = false;
};

/// From REGISTRY_AUTH_FILE if set, else the first of DOCKER_CONFIG/config.json,
/// XDG_RUNTIME_DIR/containers/auth.json and HOME/.docker/config.json that knows the registry.
/// Fault::input when such a file is damaged.
FoundCredentials find_credentials(const RegistryReference& reference,
                                  const os::Environment& environment);

/// The same from the content of one file; `name` is for messages.
FoundCredentials credentials_in(std::string_view text, const RegistryReference& reference,
                                const std::filesystem::path& name);

}  // namespace ingot::fetch
