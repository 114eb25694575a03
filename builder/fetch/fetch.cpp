// SPDX-License-Identifier: Apache-2.0
#include "fetch/fetch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "fetch/curl.hpp"
#include "fetch/job.hpp"
#include "fetch/url.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/file_lock.hpp"
#include "os/signals.hpp"

namespace ingot::fetch {
namespace {

using Time = std::chrono::steady_clock::time_point;
constexpr std::chrono::milliseconds tick{100};
/// Failed connections in a row after which an origin is not asked again.
constexpr unsigned hopeless = 8;

/// All files of one call, and the requests that run now.
class Session {
public:
  Session(const std::vector<Wanted>& wanted, const std::filesystem::path& folder, const Sink& sink,
          Report& report, const Options& options)
      : sink_(sink), report_(report), options_(options), multi_(make_multi(options)) {
    std::set<Sha256> seen;
    for (const Wanted& one : wanted) {
      if (!seen.insert(one.digest).second) continue;
      jobs_.push_back(std::make_unique<Job>(one, folder, options_));
      queue_.push_back(jobs_.back().get());
      total_ += one.size.count;
    }
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    for (CURL* easy : running_) curl_multi_remove_handle(multi_.get(), easy);
  }

  void run() {
    while (!queue_.empty() || !waiting_.empty() || !running_.empty()) {
      os::check_stop();
      wake_sleepers();
      start_ready();
      drive();
      report_progress(false);
    }
    report_progress(true);
    throw_faults();
  }

private:
  Time now() const { return os::system_clock().steady(); }

  void wake_sleepers() {
    const Time moment = now();
    for (auto it = waiting_.begin(); it != waiting_.end() && it->first <= moment;) {
      it->second->wake();
      queue_.push_back(it->second);
      it = waiting_.erase(it);
    }
  }

  void start_ready() {
    while (!queue_.empty() && running_.size() < std::max(1U, options_.parallel)) {
      Job& job = *queue_.front();
      queue_.pop_front();
      start(job);
    }
  }

  void start(Job& job) {
    if (!job.wanted().urls.empty() && !may_ask(job)) return settle(job);
    job.prepare();
    if (job.state() != Job::State::ready) return settle(job);
    if (const auto source = local_path(job.url())) {
      job.copy(*source);
      return settle(job);
    }
    CURL* easy = job.start();
    if (const CURLMcode code = curl_multi_add_handle(multi_.get(), easy); code != CURLM_OK)
      throw Error(Fault::internal,
                  format("libcurl refuses a request: {}", curl_multi_strerror(code)));
    running_.insert(easy);
  }

  bool may_ask(Job& job) {
    if (local_path(job.url())) return true;
    if (options_.offline) {
      job.skip("not asked: offline", false);
      return false;
    }
    const std::string origin(origin_of(job.url()));
    if (failed_connections_[origin] < hopeless) return true;
    job.skip(format("not asked: {} connections in a row failed", hopeless), false);
    return false;
  }

  void drive() {
    if (running_.empty()) {
      if (queue_.empty() && !waiting_.empty())
        curl_multi_poll(multi_.get(), nullptr, 0, pause(), nullptr);
      return;
    }
    int active = 0;
    CURLMcode code = curl_multi_perform(multi_.get(), &active);
    if (code == CURLM_OK) collect();
    if (code == CURLM_OK && !running_.empty())
      code = curl_multi_poll(multi_.get(), nullptr, 0, pause(), nullptr);
    if (code != CURLM_OK)
      throw Error(Fault::internal, format("libcurl failed: {}", curl_multi_strerror(code)));
  }

  int pause() const { return static_cast<int>(tick.count()); }

  void collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      void* owner = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
      curl_multi_remove_handle(multi_.get(), easy);
      running_.erase(easy);
      Job& job = *static_cast<Job*>(owner);
      const std::string origin(origin_of(job.url()));
      bool unreachable = false;
      job.ended(code, unreachable);
      unsigned& failures = failed_connections_[origin];
      failures = unreachable ? failures + 1 : 0;
      settle(job);
    }
  }

  void settle(Job& job) {
    switch (job.state()) {
      case Job::State::ready:
        queue_.push_front(&job);
        break;
      case Job::State::waiting:
        waiting_.emplace(now() + job.pause(), &job);
        break;
      case Job::State::done:
        finished_bytes_ += job.wanted().size.count;
        during(format("keeping {}", job.wanted().name), [&] { sink_(job.wanted(), job.file()); });
        break;
      case Job::State::failed:
        failed_.push_back(&job);
        break;
    }
  }

  void report_progress(bool last) {
    const Time moment = now();
    if (!last && moment - reported_ < std::chrono::milliseconds(500)) return;
    reported_ = moment;
    std::uint64_t bytes = finished_bytes_;
    for (CURL* easy : running_) {
      void* owner = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
      bytes += static_cast<const Job*>(owner)->received();
    }
    report_.step_progress(options_.step, bytes, total_, Counted::bytes);
  }

  void throw_faults() const {
    if (failed_.empty()) return;
    std::string text = format("{} of {} files could not be fetched:", failed_.size(), jobs_.size());
    std::vector<const Job*> sorted(failed_.begin(), failed_.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const Job* a, const Job* b) { return a->wanted().name < b->wanted().name; });
    for (const Job* job : sorted) text += format("\n{}\n{}", job->wanted().name, job->faults());
    while (text.ends_with('\n')) text.pop_back();
    const bool wrong = std::any_of(sorted.begin(), sorted.end(),
                                   [](const Job* job) { return job->wrong_everywhere(); });
    throw Error(wrong ? Fault::verification : Fault::network, text);
  }

  const Sink& sink_;
  Report& report_;
  const Options& options_;
  MultiHandle multi_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::deque<Job*> queue_;
  std::multimap<Time, Job*> waiting_;
  std::set<CURL*> running_;
  std::vector<Job*> failed_;
  std::map<std::string, unsigned> failed_connections_;
  std::uint64_t total_ = 0;
  std::uint64_t finished_bytes_ = 0;
  Time reported_{};
};

struct Text {
  std::string content;
  std::uint64_t limit = 0;
  bool too_long = false;
};

std::size_t take_text(char* bytes, std::size_t one, std::size_t count, void* target) noexcept {
  Text& text = *static_cast<Text*>(target);
  if (one * count > text.limit - text.content.size()) {
    text.too_long = true;
    return 0;
  }
  try {
    text.content.append(bytes, one * count);
  } catch (...) {
    return 0;
  }
  return one * count;
}

/// Removes the folders of processes that were killed while another one fetched.
void sweep_asides(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code failed;
  for (const auto& item : std::filesystem::directory_iterator(folder, failed))
    if (item.path().filename().string().starts_with("aside-")) found.push_back(item.path());
  for (const std::filesystem::path& aside : found) {
    if (!std::filesystem::exists(aside / "lock", failed)) continue;
    if (const auto dead = os::FileLock::try_now(aside / "lock")) os::remove_tree(aside);
  }
}

int stop_when_asked(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return os::stop_requested() != 0 ? 1 : 0;
}

}  // namespace

void fetch_all(const std::vector<Wanted>& wanted, const std::filesystem::path& folder,
               const Sink& sink, Report& report, const Options& options) {
  if (wanted.empty()) return;
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    throw Error(Fault::io, format("cannot make folder {}: {}", folder.string(), failed.message()));
  // One process at a time may resume in the folder; another one at the same time starts afresh.
  const auto own = os::FileLock::try_now(folder / "lock");
  std::optional<os::TempDir> aside;
  std::optional<os::FileLock> alive;
  if (own) {
    sweep_asides(folder);
  } else {
    aside.emplace("aside", folder);
    alive = os::FileLock::try_now(aside->path() / "lock");
  }
  Session(wanted, own ? folder : aside->path(), sink, report, options).run();
}

std::string fetch_text(const std::string& url, Bytes limit, const Options& options) {
  if (const auto source = local_path(url)) return os::read_file(*source, limit.count);
  if (options.offline) throw Error(Fault::network, format("{}: not asked: offline", shown(url)));
  std::array<char, CURL_ERROR_SIZE> error_text{};
  Text text;
  text.limit = limit.count;
  const EasyHandle request = make_request(url, options, error_text.data());
  CURL* easy = request.get();
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take_text);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&text));
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &stop_when_asked);
  const CURLcode code = curl_easy_perform(easy);
  os::check_stop();
  const Verdict verdict = judge(easy, code, error_text.data());
  if (text.too_long)
    throw Error(Fault::network, format("{}: sends more than {}", shown(url), human(limit)));
  if (!verdict.ok) throw Error(Fault::network, format("{}: {}", shown(url), verdict.said));
  return std::move(text.content);
}

}  // namespace ingot::fetch
