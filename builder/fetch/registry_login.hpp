// SPDX-License-Identifier: Apache-2.0
// Getting leave from a registry: Basic, and the tokens of its authorization service ("Token
// Authentication Specification" of the distribution project; oauth2 with an identity token).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "fetch/exchange.hpp"
#include "fetch/registry_credentials.hpp"
#include "fetch/registry_reference.hpp"

namespace ingot::fetch {

enum class Access { pull, push };

/// Thread-safe.
class RegistryLogin {
public:
  RegistryLogin(RegistryReference reference, FoundCredentials found, HttpExchange& exchange)
      : reference_(std::move(reference)), found_(std::move(found)), exchange_(exchange) {}

  /// The header to send, as far as is known now; empty when nobody has asked for one.
  std::string header(Access access);

  /// After an answer with status 401 to a request that had `sent` as its header: gets another one.
  /// Fault::network says why there is none.
  void answer_challenge(const std::string& www_authenticate, Access access,
                        const std::string& sent);

private:
  struct Leave {
    std::string header;
    std::chrono::steady_clock::time_point until;
  };

  Leave token_of(const std::map<std::string, std::string>& parameters, Access access);
  HttpQuestion token_question(const std::string& realm, const std::string& service,
                              const std::string& scope) const;
  std::string basic() const;
  [[noreturn]] void fail(const std::string& reason) const;

  RegistryReference reference_;
  FoundCredentials found_;
  HttpExchange& exchange_;
  std::mutex mutex_;
  std::map<Access, Leave> leaves_;
};

}  // namespace ingot::fetch
