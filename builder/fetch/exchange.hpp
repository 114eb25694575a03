// SPDX-License-Identifier: Apache-2.0
// One request to an HTTP server and what it answered, connections kept for the next one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fetch/curl.hpp"
#include "fetch/fetch.hpp"

namespace ingot::fetch {

/// A part of an open file that is sent.
struct FilePart {
  int fd = -1;
  std::filesystem::path name;  ///< for messages
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// Takes the body of an answer with 2xx; false ends the transfer.
using TakeBody = std::function<bool(long status, std::span<const std::uint8_t> bytes)>;

struct HttpQuestion {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers = {};  ///< "Name: value"
  std::optional<std::string> body = {};
  std::optional<FilePart> file = {};   ///< the body, in place of a text
  TakeBody take = {};                  ///< empty: the body is kept, up to the limit
  std::uint64_t limit = 4U << 20;      ///< of a kept body; a longer one is no answer
  std::chrono::seconds time_limit{0};  ///< from asking to the end of the answer; 0: none
  std::chrono::seconds silence{30};    ///< after which a transfer is given up
};

struct HttpAnswer {
  long status = 0;                             ///< 0: none came, and `said` tells why
  std::map<std::string, std::string> headers;  ///< names in lower case; equal ones joined by ", "
  std::string body;
  std::string said = {};
  bool may_pass = false;     ///< worth asking again later
  bool unreachable = false;  ///< no connection at all
  bool refused = false;      ///< we ended it: TakeBody gave false
  std::chrono::seconds retry_after{0};

  bool ok() const noexcept { return status >= 200 && status < 300 && said.empty(); }
  std::string header(const std::string& lower_name) const;
};

/// Redirects are answers like others. Thread-safe. Interrupted when the process was asked to stop;
/// what TakeBody throws leaves ask().
class HttpExchange {
public:
  explicit HttpExchange(Options options) : options_(std::move(options)) {}

  HttpAnswer ask(const HttpQuestion& question);

private:
  EasyHandle borrow();
  void give_back(EasyHandle handle);

  Options options_;
  std::mutex mutex_;
  std::vector<EasyHandle> idle_;
};

}  // namespace ingot::fetch
