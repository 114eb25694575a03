// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_reference.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::fetch {
namespace {

constexpr std::string_view scheme = "oci://";
constexpr std::size_t longest_repository = 255;  // OCI distribution-spec 1.1, "Pulling manifests"

[[noreturn]] void refuse(std::string_view text, std::string_view reason) {
  throw Error(Fault::input,
              format("'{}' is no address of a registry: {}; write oci://HOST[:PORT]/REPOSITORY",
                     text, reason));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit))
    return false;
  const int number = std::stoi(std::string(port));
  return number >= 1 && number <= 65535;
}

bool is_name(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.front() == '-' || name.back() == '-')
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '.' || c == '-';
  });
}

bool is_address(std::string_view inside) {
  return inside.find(':') != std::string_view::npos &&
         std::all_of(inside.begin(), inside.end(),
                     [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos || !is_address(host.substr(1, end - 1))) return false;
    const std::string_view rest = host.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const std::size_t colon = host.find(':');
  if (colon == std::string_view::npos) return is_name(host);
  return is_name(host.substr(0, colon)) && is_port(host.substr(colon + 1));
}

/// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*
bool is_component(std::string_view part) {
  const auto plain = [](char c) { return is_lower(c) || is_digit(c); };
  for (std::size_t at = 0; at < part.size();) {
    const std::size_t start = at;
    while (at < part.size() && plain(part[at])) ++at;
    if (at == start) return false;
    if (at == part.size()) return true;
    const std::size_t mark = at;
    while (at < part.size() && !plain(part[at])) ++at;
    const std::string_view between = part.substr(mark, at - mark);
    const bool dashes = between.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && between != "." && between != "_" && between != "__") return false;
  }
  return false;
}

}  // namespace

std::string RegistryReference::text() const { return format("{}{}/{}", scheme, host, repository); }

std::string RegistryReference::origin() const {
  return (is_loopback(host) ? "http://" : "https://") + host;
}

RegistryReference parse_registry_reference(std::string_view text) {
  if (!text.starts_with(scheme)) refuse(text, "it does not begin with oci://");
  const std::string_view rest = text.substr(scheme.size());
  const std::size_t slash = rest.find('/');
  const std::string_view host = rest.substr(0, slash);
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) {
    // Not shown: a password may stand there.
    refuse(format("{}...@{}", scheme, rest.substr(at + 1)),
           "users and passwords come from the file that `docker login` writes");
  }
  if (!is_host(host)) refuse(text, format("'{}' is no host", host));
  if (slash == std::string_view::npos || slash + 1 == rest.size())
    refuse(text, "it names no repository");
  const std::string_view repository = rest.substr(slash + 1);
  if (repository.size() > longest_repository) refuse(text, "its repository's name is too long");
  if (repository.find_first_of(":@") != std::string_view::npos)
    refuse(text, "a tag or digest has no place in it");
  if (repository.ends_with('/')) refuse(text, "it ends with a slash");
  for (const std::string& part : split(repository, '/'))
    if (!is_component(part))
      refuse(text, format("'{}' in its repository is no name (lower-case letters, digits, and "
                          "single . _ - between them)",
                          part));
  return {.host = std::string(host), .repository = std::string(repository)};
}

bool is_loopback(std::string_view host) {
  if (host.starts_with('[')) return host == "[::1]" || host.starts_with("[::1]:");
  const std::string_view name = host.substr(0, host.find(':'));
  if (name == "localhost") return true;
  const std::vector<std::string> parts = split(name, '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && part.size() <= 3 &&
                  std::all_of(part.begin(), part.end(), is_digit) && std::stoi(part) < 256;
         });
}

}  // namespace ingot::fetch
