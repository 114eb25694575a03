// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_login.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/base64.hpp"
#include "fetch/registry_challenge.hpp"
#include "fetch/url.hpp"
#include "os/clock.hpp"

namespace ingot::fetch {
namespace {

/// What the specification has where a service does not say how long a token is good.
constexpr std::int64_t usual_seconds = 60;
constexpr std::int64_t longest_seconds = 24 * 3600;
constexpr std::chrono::seconds margin{10};

std::string parameter(const std::map<std::string, std::string>& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

/// A header with a line break in it would be two.
bool is_sendable(std::string_view token) {
  return !token.empty() &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

void RegistryLogin::fail(const std::string& reason) const {
  throw Error(Fault::network, format("{}: {}", reference_.text(), reason));
}

std::string RegistryLogin::header(Access access) {
  const std::scoped_lock lock(mutex_);
  const auto found = leaves_.find(access);
  if (found == leaves_.end() || found->second.until <= os::system_clock().steady()) return {};
  return found->second.header;
}

std::string RegistryLogin::basic() const {
  const RegistryCredentials& known = *found_.credentials;
  return "Authorization: Basic " +
         crypto::base64_of(std::string_view(known.user + ":" + known.password));
}

void RegistryLogin::answer_challenge(const std::string& www_authenticate, Access access,
                                     const std::string& sent) {
  const std::scoped_lock lock(mutex_);
  // Another thread has got one meanwhile.
  if (const auto found = leaves_.find(access); found != leaves_.end() &&
                                               found->second.header != sent &&
                                               found->second.until > os::system_clock().steady())
    return;
  leaves_.erase(access);
  const std::vector<Challenge> challenges = parse_challenges(www_authenticate);
  const auto of_scheme = [&](std::string_view scheme) {
    return std::find_if(challenges.begin(), challenges.end(),
                        [&](const Challenge& one) { return one.scheme == scheme; });
  };
  if (const auto bearer = of_scheme("bearer"); bearer != challenges.end()) {
    leaves_[access] = token_of(bearer->parameters, access);
    return;
  }
  if (of_scheme("basic") == challenges.end())
    fail("it wants to know who asks, in a way that is not known here");
  if (!found_.credentials || found_.credentials->user.empty()) {
    fail(found_.left_to_program
             ? "it wants a user and password, which a credential program keeps; ingot asks none, "
               "so name a file that has them in REGISTRY_AUTH_FILE"
             : "it wants a user and password; log in with `docker login` or `podman login`, or "
               "name a file that has them in REGISTRY_AUTH_FILE");
  }
  const std::string header = basic();
  if (sent == header) fail("it does not accept the user and password that are known for it");
  leaves_[access] = {header, std::chrono::steady_clock::time_point::max()};
}

HttpQuestion RegistryLogin::token_question(const std::string& realm, const std::string& service,
                                           const std::string& scope) const {
  HttpQuestion question{.url = realm, .time_limit = std::chrono::seconds(15)};
  if (found_.credentials && !found_.credentials->identity_token.empty()) {
    question.method = "POST";
    question.headers = {"Content-Type: application/x-www-form-urlencoded"};
    question.body = format(
        "grant_type=refresh_token&client_id=ingot&service={}&scope={}&"
        "refresh_token={}",
        query_value(service), query_value(scope), query_value(found_.credentials->identity_token));
    return question;
  }
  if (!service.empty()) question.url = with_query(question.url, "service", service);
  question.url = with_query(question.url, "scope", scope);
  if (found_.credentials && !found_.credentials->user.empty()) question.headers = {basic()};
  return question;
}

RegistryLogin::Leave RegistryLogin::token_of(const std::map<std::string, std::string>& parameters,
                                             Access access) {
  const std::string realm = parameter(parameters, "realm");
  const std::string_view origin = origin_of(realm);
  const bool plain =
      scheme_of(realm) == "http" && origin.size() > 7 && is_loopback(origin.substr(7));
  if (scheme_of(realm) != "https" && !plain)
    fail(format("it asks for a token from '{}', which is not asked without TLS", shown(realm)));
  const std::string scope = format("repository:{}:{}", reference_.repository,
                                   access == Access::push ? "pull,push" : "pull");
  const HttpAnswer answer =
      exchange_.ask(token_question(realm, parameter(parameters, "service"), scope));
  if (!answer.ok()) {
    const std::string why = answer.status == 401 || answer.status == 403
                                ? "does not accept the credentials that are known for it"
                            : answer.said.empty() ? format("answers with status {}", answer.status)
                                                  : answer.said;
    fail(format("its authorization service {} {}", shown(std::string(origin)), why));
  }
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  for (const char* name : {"token", "access_token"}) {
    if (!json.is_object() || !json.contains(name) || !json[name].is_string()) continue;
    const std::string token = json[name].get<std::string>();
    if (!is_sendable(token)) break;
    std::int64_t seconds = usual_seconds;
    if (const auto given = json.find("expires_in");
        given != json.end() && given->is_number_integer())
      seconds =
          std::clamp<std::int64_t>(given->get<std::int64_t>(), usual_seconds, longest_seconds);
    return {"Authorization: Bearer " + token,
            os::system_clock().steady() + std::chrono::seconds(seconds) - margin};
  }
  fail(format("its authorization service {} gives no token", shown(std::string(origin))));
}

}  // namespace ingot::fetch
