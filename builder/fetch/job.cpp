// SPDX-License-Identifier: Apache-2.0
#include "fetch/job.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/signals.hpp"

namespace ingot::fetch {
namespace {

constexpr std::chrono::seconds longest_pause{30};

bool starts_with_word(std::string_view line, std::string_view lower_case_word) {
  if (line.size() < lower_case_word.size()) return false;
  return std::equal(lower_case_word.begin(), lower_case_word.end(), line.begin(),
                    [](char a, char b) {
                      return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
                    });
}

}  // namespace

Job::Job(const Wanted& wanted, const std::filesystem::path& folder, const Options& options)
    : wanted_(wanted),
      options_(options),
      partial_(folder / (wanted.digest.hex() + ".part"), wanted.size),
      mirrors_(wanted.urls.size()) {}

std::string Job::faults() const {
  std::string text = mirrors_.empty() ? "  no mirror is known for it\n" : "";
  for (std::size_t i = 0; i < mirrors_.size(); ++i)
    text += format("  {}: {}\n", shown(wanted_.urls[i]), mirrors_[i].said);
  if (!wanted_.hint.empty()) text += format("  {}\n", wanted_.hint);
  return text;
}

bool Job::wrong_everywhere() const {
  return !mirrors_.empty() &&
         std::all_of(mirrors_.begin(), mirrors_.end(), [](const Mirror& m) { return m.wrong; });
}

void Job::prepare() {
  if (mirrors_.empty()) {
    state_ = State::failed;
    return;
  }
  partial_.open();
  offset_ = partial_.size();
  if (!partial_.complete() || wanted_.size.count == 0) return;
  if (partial_.finish() == wanted_.digest) {
    partial_.close();
    state_ = State::done;
  } else {
    partial_.restart();
    offset_ = 0;
  }
}

CURL* Job::start() {
  request_ = make_request(url(), options_, error_text_.data());
  CURL* easy = request_.get();
  body_began_ = false;
  content_range_.clear();
  refused_.clear();
  refused_wrong_ = false;
  failure_ = nullptr;
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Job::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(this));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Job::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, static_cast<void*>(this));
  curl_easy_setopt(easy, CURLOPT_PRIVATE, static_cast<void*>(this));
  if (offset_ > 0) curl_easy_setopt(easy, CURLOPT_RANGE, format("{}-", offset_).c_str());
  return easy;
}

std::size_t Job::on_body(char* bytes, std::size_t one, std::size_t count, void* self) noexcept {
  Job& job = *static_cast<Job*>(self);
  try {
    const auto* start = reinterpret_cast<const std::uint8_t*>(bytes);
    return job.take_body({start, one * count}) ? one * count : 0;
  } catch (...) {
    job.failure_ = std::current_exception();
    return 0;
  }
}

std::size_t Job::on_header(char* bytes, std::size_t one, std::size_t count, void* self) noexcept {
  Job& job = *static_cast<Job*>(self);
  try {
    return job.take_header({bytes, one * count}) ? one * count : 0;
  } catch (...) {
    job.failure_ = std::current_exception();
    return 0;
  }
}

bool Job::take_header(std::string_view line) {
  constexpr std::string_view range = "content-range:";
  if (starts_with_word(line, "http/")) content_range_.clear();  // a new answer after a redirect
  if (starts_with_word(line, range)) content_range_ = trimmed(line.substr(range.size()));
  return true;
}

// Judges the answer before the first byte of it is kept.
bool Job::begin_body() {
  body_began_ = true;
  CURL* easy = request_.get();
  long status = 0;
  curl_off_t length = -1;
  const char* type = nullptr;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
  if (status == 206) {
    if (content_range_.starts_with(format("bytes {}-", offset_))) return true;
    refused_ = format("answered with another range than was asked for ('{}')", content_range_);
    return false;
  }
  if (offset_ > 0) partial_.restart();
  if (length >= 0 && static_cast<std::uint64_t>(length) != wanted_.size.count) {
    const bool page = type != nullptr && starts_with_word(type, "text/html");
    refused_ = page
                   ? "answered with an HTML page instead of the file (a login portal in between?)"
                   : format("has {} bytes, not the {} that are locked", length, wanted_.size.count);
    refused_wrong_ = !page;
    return false;
  }
  return true;
}

bool Job::take_body(std::span<const std::uint8_t> bytes) {
  if (!body_began_ && !begin_body()) return false;
  if (partial_.append(bytes)) return true;
  refused_ = format("sends more than the {} bytes that are locked", wanted_.size.count);
  refused_wrong_ = true;
  return false;
}

void Job::ended(CURLcode code, bool& unreachable) {
  Verdict verdict = judge(request_.get(), code, error_text_.data());
  curl_off_t after = 0;
  curl_easy_getinfo(request_.get(), CURLINFO_RETRY_AFTER, &after);
  request_.reset();
  unreachable = verdict.unreachable;
  if (failure_) std::rethrow_exception(failure_);
  if (verdict.ok && !body_began_ && offset_ > 0) partial_.restart();  // an empty answer
  if (verdict.ok) return check_finished();
  if (offset_ > 0 && (verdict.status == 416 || !refused_.empty())) {
    // What we had may be the reason: the same mirror once more, from the start.
    partial_.discard();
    return;
  }
  pause_ = std::max(pause_, std::chrono::milliseconds(std::chrono::seconds(
                                std::min<curl_off_t>(after, longest_pause.count()))));
  if (!refused_.empty()) {
    // The next mirror must not build on bytes of a wrong file.
    partial_.discard();
    return fault({refused_, false, refused_wrong_});
  }
  fault({verdict.said, verdict.may_pass, false});
}

void Job::check_finished() {
  if (!partial_.complete())
    return fault(
        {format("ended after {} of {} bytes", partial_.size(), wanted_.size.count), true, false});
  if (partial_.finish() == wanted_.digest) {
    partial_.close();
    state_ = State::done;
    return;
  }
  partial_.discard();
  if (offset_ > 0) return;  // the part from before may be the wrong one: once more from the start
  fault({"served other bytes than those locked", false, true});
}

void Job::copy(const std::filesystem::path& source) {
  struct stat status {};
  if (::stat(source.c_str(), &status) != 0) return fault({std::strerror(errno), false, false});
  if (!S_ISREG(status.st_mode)) return fault({"is no regular file", false, false});
  if (static_cast<std::uint64_t>(status.st_size) != wanted_.size.count)
    return fault(
        {format("has {} bytes, not the {} that are locked", status.st_size, wanted_.size.count),
         false, true});
  partial_.restart();
  offset_ = 0;
  const os::Fd file = os::open_file(source, O_RDONLY);
  std::vector<std::uint8_t> buffer(1U << 18);
  while (const std::size_t count = os::read_some(file.get(), buffer, source)) {
    os::check_stop();
    if (!partial_.append(std::span<const std::uint8_t>(buffer).first(count))) break;
  }
  check_finished();
}

void Job::skip(std::string said, bool may_pass) { fault({std::move(said), may_pass, false}); }

void Job::fault(Mirror verdict) {
  partial_.close();
  mirrors_[mirror_] = std::move(verdict);
  next_mirror();
}

void Job::next_mirror() {
  for (++mirror_; mirror_ < mirrors_.size(); ++mirror_)
    if (mirrors_[mirror_].may_pass) return;
  const bool hope =
      std::any_of(mirrors_.begin(), mirrors_.end(), [](const Mirror& m) { return m.may_pass; });
  if (!hope || round_ == options_.retries) {
    state_ = State::failed;
    return;
  }
  pause_ = std::max(pause_, std::min<std::chrono::milliseconds>(
                                options_.back_off * (1U << std::min(round_, 16U)), longest_pause));
  ++round_;
  state_ = State::waiting;
}

void Job::wake() {
  pause_ = std::chrono::milliseconds{0};
  mirror_ = 0;
  while (!mirrors_[mirror_].may_pass) ++mirror_;
  state_ = State::ready;
}

}  // namespace ingot::fetch
