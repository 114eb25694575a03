// SPDX-License-Identifier: Apache-2.0
// Handles of libcurl and the settings that every request of ours has.
#pragma once

#include <string>

#include <curl/curl.h>

#include "base/handle.hpp"
#include "fetch/fetch.hpp"

namespace ingot::fetch {

using EasyHandle = CHandle<CURL, curl_easy_cleanup>;
using MultiHandle = CHandle<CURLM, curl_multi_cleanup>;

/// A request with our limits on time, redirects and protocols; `error_text` (CURL_ERROR_SIZE bytes)
/// must live as long.
EasyHandle make_request(const std::string& url, const Options& options, char* error_text);

/// A handle for requests one after another, which keeps its connections between them.
EasyHandle make_handle();
/// Forgets the request before, and sets what make_request() sets.
void begin_request(CURL* easy, const std::string& url, const Options& options, char* error_text);

MultiHandle make_multi(const Options& options);

/// What a finished request means.
struct Verdict {
  bool ok = false;
  bool may_pass = false;     ///< worth asking again later
  bool unreachable = false;  ///< no connection at all
  long status = 0;
  std::string said;
};

Verdict judge(CURL* handle, CURLcode code, const char* error_text);

}  // namespace ingot::fetch
