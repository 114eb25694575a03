// SPDX-License-Identifier: Apache-2.0
// A repository of a container registry (OCI distribution-spec 1.1): manifests by tag or digest,
// blobs by digest, read and written.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "fetch/exchange.hpp"
#include "fetch/registry_login.hpp"

namespace ingot::fetch {

struct RegistryBlob {
  Sha256 digest;
  Bytes size;
};

struct RegistryOptions {
  std::chrono::seconds connect_timeout{5};
  unsigned retries = 2;                     ///< of what may pass: no connection, cut, 408, 429, 5xx
  std::chrono::milliseconds back_off{300};  ///< before the first; doubles
  /// Blobs are sent in pieces of this size; 0: in one, unless the registry asks for pieces.
  Bytes chunk = {};
  bool offline = false;
};

/// Told how much of a blob has come or gone; false ends the transfer.
using TransferGoesOn = std::function<bool(std::uint64_t done)>;

/// Thread-safe. All functions throw Fault::network with what the registry said, and Interrupted.
class Registry {
public:
  Registry(RegistryReference reference, FoundCredentials credentials,
           const RegistryOptions& options = {});

  const RegistryReference& reference() const noexcept { return reference_; }

  /// The bytes behind a tag or "sha256:...", of at most 4 MiB; nothing when there is none.
  /// Fault::verification when they are not those of the digest that was asked for.
  std::optional<std::string> manifest(const std::string& tag_or_digest);
  bool has_manifest(const std::string& tag_or_digest);
  bool has_blob(const Sha256& digest);

  /// Brings the blob to `file`, which may hold the beginning of it already. False when `goes_on`
  /// said so; what has come stays then. Fault::verification when the
  /// bytes are not those of the digest; the file is gone then. Sends no credentials to other hosts
  /// that the registry redirects to.
  bool get_blob(const RegistryBlob& blob, const std::filesystem::path& file,
                const TransferGoesOn& goes_on = {});

  /// Sends the file unless the registry has the blob.
  void put_blob(const RegistryBlob& blob, const std::filesystem::path& file);
  void put_blob(std::string_view content);
  /// What the manifest names must be there already.
  void put_manifest(const std::string& tag, std::string_view media_type, std::string_view text);

private:
  std::string url(std::string_view path) const;
  HttpAnswer ask(const HttpQuestion& question, Access access, bool again = true);
  HttpAnswer ask_once(const HttpQuestion& question, Access access);
  HttpAnswer follow(HttpQuestion question, Access access);
  void pause(const HttpAnswer& answer, unsigned round) const;
  std::string upload_place(const HttpAnswer& answer, const std::string& asked) const;
  HttpAnswer send_whole(const std::string& place, const RegistryBlob& blob, const FilePart& file);
  HttpAnswer send_chunks(std::string place, const RegistryBlob& blob, const FilePart& file,
                         std::uint64_t chunk);
  HttpAnswer upload(const RegistryBlob& blob, const FilePart& file);
  [[noreturn]] void fail(const HttpAnswer& answer, std::string_view doing) const;

  RegistryReference reference_;
  RegistryOptions options_;
  HttpExchange exchange_;
  RegistryLogin login_;
  std::atomic<bool> reached_ = false;
};

/// What the body of an error holds, "CODE: message; ..."; empty when it is nothing of the kind.
std::string registry_errors(std::string_view body);

}  // namespace ingot::fetch
