// SPDX-License-Identifier: Apache-2.0
#include "fetch/curl.hpp"

#include <string_view>

#include "base/error.hpp"
#include "base/format.hpp"
#include "fetch/url.hpp"

namespace ingot::fetch {
namespace {

void initialise_once() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK)
    throw Error(Fault::environment,
                format("libcurl does not start: {}", curl_easy_strerror(result)));
}

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode result = curl_easy_setopt(handle, option, value);
  if (result != CURLE_OK)
    throw Error(Fault::environment, format("this libcurl lacks a setting that ingot needs: {}",
                                           curl_easy_strerror(result)));
}

bool is_cut(CURLcode code) {
  switch (code) {
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

bool is_unreachable(CURLcode code) {
  return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
         code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_SSL_CONNECT_ERROR;
}

}  // namespace

EasyHandle make_handle() {
  initialise_once();
  EasyHandle handle(curl_easy_init());
  if (!handle) throw Error(Fault::environment, "libcurl gives no request (out of memory?)");
  return handle;
}

EasyHandle make_request(const std::string& url, const Options& options, char* error_text) {
  EasyHandle handle = make_handle();
  begin_request(handle.get(), url, options, error_text);
  return handle;
}

void begin_request(CURL* easy, const std::string& url, const Options& options, char* error_text) {
  curl_easy_reset(easy);
  error_text[0] = '\0';
  set(easy, CURLOPT_ERRORBUFFER, error_text);
  set(easy, CURLOPT_URL, url.c_str());
  set(easy, CURLOPT_USERAGENT, "ingot");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_FAILONERROR, 1L);
  set(easy, CURLOPT_FOLLOWLOCATION, 1L);
  set(easy, CURLOPT_MAXREDIRS, 5L);
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  // From http to https nothing is lost; every other change of scheme is refused.
  set(easy, CURLOPT_REDIR_PROTOCOLS_STR, scheme_of(url) == "https" ? "https" : "http,https");
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(easy, CURLOPT_PIPEWAIT, 1L);
  set(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
  set(easy, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options.low_speed));
  set(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.low_speed_time.count()));
  if (options.time_limit.count() > 0)
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(options.time_limit.count()));
}

MultiHandle make_multi(const Options& options) {
  initialise_once();
  MultiHandle multi(curl_multi_init());
  if (!multi) throw Error(Fault::environment, "libcurl gives no session (out of memory?)");
  curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS,
                    static_cast<long>(options.parallel));
  return multi;
}

Verdict judge(CURL* handle, CURLcode code, const char* error_text) {
  Verdict verdict;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &verdict.status);
  if (code == CURLE_OK) {
    verdict.ok = true;
    return verdict;
  }
  if (code == CURLE_HTTP_RETURNED_ERROR) {
    verdict.said = format("answered with status {}", verdict.status);
    verdict.may_pass = verdict.status >= 500 || verdict.status == 429 || verdict.status == 408;
    return verdict;
  }
  const std::string_view own = error_text;
  verdict.said = own.empty() ? std::string(curl_easy_strerror(code)) : std::string(own);
  if (code == CURLE_UNSUPPORTED_PROTOCOL) verdict.said = "redirects to a scheme that is refused";
  verdict.unreachable = is_unreachable(code);
  verdict.may_pass = verdict.unreachable || is_cut(code);
  return verdict;
}

}  // namespace ingot::fetch
