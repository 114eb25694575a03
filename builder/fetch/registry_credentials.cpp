// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_credentials.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/base64.hpp"
#include "os/file.hpp"

namespace ingot::fetch {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t largest_file = 4U << 20;

[[noreturn]] void refuse(const fs::path& name, std::string_view reason) {
  throw Error(Fault::input, format("the credentials in {} cannot be read: {}; log in again or set "
                                   "REGISTRY_AUTH_FILE to another file",
                                   name.string(), reason));
}

/// "https://host/v1/" and "host" are one registry; a path below is kept.
std::string_view plain(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  while (key.ends_with('/')) key.remove_suffix(1);
  for (const std::string_view version : {"/v1", "/v2"})
    if (key.ends_with(version)) key.remove_suffix(version.size());
  return key;
}

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

RegistryCredentials credentials_of(const json& entry, const fs::path& name) {
  RegistryCredentials credentials{.user = text_at(entry, "username"),
                                  .password = text_at(entry, "password"),
                                  .identity_token = text_at(entry, "identitytoken")};
  const std::string auth = text_at(entry, "auth");
  if (auth.empty()) return credentials;
  const auto bytes = crypto::bytes_of_base64(auth);
  const std::string pair = bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
  const std::size_t colon = pair.find(':');
  if (colon == std::string::npos) refuse(name, "an 'auth' is no base64 of USER:PASSWORD");
  credentials.user = pair.substr(0, colon);
  credentials.password = pair.substr(colon + 1);
  while (credentials.password.ends_with('\0')) credentials.password.pop_back();
  return credentials;
}

std::vector<fs::path> files_of(const os::Environment& environment) {
  const auto folder = [&](std::string_view name) {
    const std::string value = environment.get_or(name, "");
    return value.empty() ? fs::path() : environment.cwd() / value;
  };
  if (const fs::path own = folder("REGISTRY_AUTH_FILE"); !own.empty()) return {own};
  std::vector<fs::path> files;
  if (const fs::path docker = folder("DOCKER_CONFIG"); !docker.empty())
    files.push_back(docker / "config.json");
  if (const fs::path runtime = folder("XDG_RUNTIME_DIR"); !runtime.empty())
    files.push_back(runtime / "containers/auth.json");
  if (const fs::path home = folder("HOME"); !home.empty())
    files.push_back(home / ".docker/config.json");
  return files;
}

}  // namespace

FoundCredentials credentials_in(std::string_view text, const RegistryReference& reference,
                                const fs::path& name) {
  const json root = json::parse(text, nullptr, false);
  if (!root.is_object()) refuse(name, "it is no JSON object");
  FoundCredentials found;
  if (const auto programs = root.find("credHelpers");
      programs != root.end() && programs->is_object())
    found.left_to_program = programs->contains(reference.host);
  if (!text_at(root, "credsStore").empty()) found.left_to_program = true;
  const auto auths = root.find("auths");
  if (auths == root.end() || !auths->is_object()) return found;
  const std::string whole = reference.host + "/" + reference.repository;
  std::size_t best = 0;
  for (const auto& [key, entry] : auths->items()) {
    const std::string_view place = plain(key);
    const bool above = whole.starts_with(place) && !place.empty() &&
                       (whole.size() == place.size() || whole[place.size()] == '/');
    if (!above || place.size() < best || !entry.is_object()) continue;
    RegistryCredentials credentials = credentials_of(entry, name);
    // A program that keeps the password leaves an empty entry here.
    if (credentials.user.empty() && credentials.identity_token.empty()) continue;
    best = place.size();
    found.credentials = std::move(credentials);
  }
  return found;
}

FoundCredentials find_credentials(const RegistryReference& reference,
                                  const os::Environment& environment) {
  FoundCredentials found;
  for (const fs::path& file : files_of(environment)) {
    const auto text = os::read_file_if_any(file, largest_file);
    if (!text) continue;
    FoundCredentials here = credentials_in(*text, reference, file);
    if (here.credentials) return here;
    found.left_to_program = found.left_to_program || here.left_to_program;
  }
  return found;
}

}  // namespace ingot::fetch
