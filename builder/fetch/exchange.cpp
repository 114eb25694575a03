// SPDX-License-Identifier: Apache-2.0
#include "fetch/exchange.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "fetch/registry_reference.hpp"
#include "fetch/url.hpp"
#include "os/signals.hpp"

namespace ingot::fetch {
namespace {

using HeaderList = CHandle<curl_slist, curl_slist_free_all>;
constexpr std::size_t most_headers = 256;
constexpr std::size_t longest_header = 64 * 1024;

/// What the callbacks of one request work with. They are called from C: nothing leaves them.
class Running {
public:
  Running(CURL* easy, const HttpQuestion& question) : easy_(easy), question_(question) {}

  void set_up() {
    curl_easy_setopt(easy_, CURLOPT_FAILONERROR, 0L);
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Running::on_header);
    curl_easy_setopt(easy_, CURLOPT_HEADERDATA, static_cast<void*>(this));
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Running::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, static_cast<void*>(this));
    curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &Running::on_progress);
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(question_.silence.count()));
    if (question_.time_limit.count() > 0)
      curl_easy_setopt(easy_, CURLOPT_TIMEOUT, static_cast<long>(question_.time_limit.count()));
    if (question_.method == "HEAD")
      curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    else
      curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, question_.method.c_str());
    // No proxy stands between us and this machine.
    const std::string_view origin = origin_of(question_.url);
    if (is_loopback(origin.substr(origin.find("://") + 3)))
      curl_easy_setopt(easy_, CURLOPT_PROXY, "");
    set_body();
    // The server has said before whether it lets us; waiting for a second word takes a second.
    add_header("Expect:");
    for (const std::string& header : question_.headers) add_header(header);
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_.get());
  }

  HttpAnswer ended(CURLcode code, const char* error_text) {
    if (failure_) std::rethrow_exception(failure_);
    os::check_stop();
    const Verdict verdict = judge(easy_, code, error_text);
    answer_.status = verdict.status;
    answer_.may_pass = verdict.may_pass;
    answer_.unreachable = verdict.unreachable;
    if (!verdict.ok) answer_.said = verdict.said;
    if (too_long_) answer_.said = format("sends more than {}", human({question_.limit}));
    if (answer_.refused) answer_.said = "was cut off by us";
    if (too_long_ || answer_.refused) answer_.may_pass = false;
    if (answer_.status >= 500 || answer_.status == 429 || answer_.status == 408)
      answer_.may_pass = true;
    curl_off_t after = 0;
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &after);
    answer_.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(after, 0, 3600));
    return std::move(answer_);
  }

private:
  void add_header(const std::string& header) {
    curl_slist* longer = curl_slist_append(headers_.get(), header.c_str());
    if (longer == nullptr) throw Error(Fault::environment, "not enough memory for a request");
    (void)headers_.release();
    headers_.reset(longer);
  }

  void set_body() {
    if (question_.file) {
      curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Running::on_read);
      curl_easy_setopt(easy_, CURLOPT_READDATA, static_cast<void*>(this));
      curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &Running::on_seek);
      curl_easy_setopt(easy_, CURLOPT_SEEKDATA, static_cast<void*>(this));
      curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE,
                       static_cast<curl_off_t>(question_.file->size));
    } else if (question_.body) {
      curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(question_.body->size()));
      curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, question_.body->c_str());
    }
  }

  static int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    return os::stop_requested() != 0 ? 1 : 0;
  }

  static std::size_t on_header(char* bytes, std::size_t one, std::size_t count,
                               void* self) noexcept {
    return static_cast<Running*>(self)->guarded(one * count, [&](Running& running) {
      return running.take_header({bytes, one * count});
    });
  }

  static std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* self) noexcept {
    return static_cast<Running*>(self)->guarded(one * count, [&](Running& running) {
      return running.take_body({reinterpret_cast<const std::uint8_t*>(bytes), one * count});
    });
  }

  static std::size_t on_read(char* buffer, std::size_t one, std::size_t count,
                             void* self) noexcept {
    Running& running = *static_cast<Running*>(self);
    const FilePart& file = *running.question_.file;
    const std::uint64_t left = file.size - running.sent_;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, one * count));
    ssize_t got = 0;
    do {
      got = ::pread(file.fd, buffer, wanted, static_cast<off_t>(file.offset + running.sent_));
    } while (got < 0 && errno == EINTR);
    if (got < 0 || (got == 0 && wanted != 0)) {
      running.failure_ = std::make_exception_ptr(
          Error(Fault::io, format("cannot read {} while it is sent", file.name.string())));
      return CURL_READFUNC_ABORT;
    }
    running.sent_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }

  static int on_seek(void* self, curl_off_t offset, int origin) noexcept {
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Running*>(self)->sent_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
  }

  template <class Take>
  std::size_t guarded(std::size_t size, Take take) noexcept {
    try {
      return take(*this) ? size : 0;
    } catch (...) {
      failure_ = std::current_exception();
      return 0;
    }
  }

  bool take_header(std::string_view line) {
    // A new answer, after one of 1xx.
    if (line.starts_with("HTTP/")) {
      answer_.headers.clear();
      return true;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    if (line.size() > longest_header || answer_.headers.size() == most_headers) return false;
    std::string name(line.substr(0, colon));
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    std::string& value = answer_.headers[name];
    if (!value.empty()) value += ", ";
    value += trimmed(line.substr(colon + 1));
    return value.size() <= longest_header;
  }

  bool take_body(std::span<const std::uint8_t> bytes) {
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    if (question_.take && status >= 200 && status < 300) {
      answer_.refused = !question_.take(status, bytes);
      return !answer_.refused;
    }
    too_long_ = bytes.size() > question_.limit - answer_.body.size();
    if (!too_long_) answer_.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return !too_long_;
  }

  CURL* easy_;
  const HttpQuestion& question_;
  HeaderList headers_;
  HttpAnswer answer_;
  std::uint64_t sent_ = 0;
  bool too_long_ = false;
  std::exception_ptr failure_;
};

}  // namespace

std::string HttpAnswer::header(const std::string& lower_name) const {
  const auto found = headers.find(lower_name);
  return found == headers.end() ? std::string() : found->second;
}

EasyHandle HttpExchange::borrow() {
  const std::scoped_lock lock(mutex_);
  if (idle_.empty()) return make_handle();
  EasyHandle handle = std::move(idle_.back());
  idle_.pop_back();
  return handle;
}

void HttpExchange::give_back(EasyHandle handle) {
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(handle));
}

HttpAnswer HttpExchange::ask(const HttpQuestion& question) {
  if (options_.offline) {
    HttpAnswer none;
    none.said = "not asked: offline";
    return none;
  }
  os::check_stop();
  std::array<char, CURL_ERROR_SIZE> error_text{};
  EasyHandle handle = borrow();
  begin_request(handle.get(), question.url, options_, error_text.data());
  Running running(handle.get(), question);
  running.set_up();
  HttpAnswer answer = running.ended(curl_easy_perform(handle.get()), error_text.data());
  curl_easy_reset(handle.get());
  give_back(std::move(handle));
  return answer;
}

}  // namespace ingot::fetch
