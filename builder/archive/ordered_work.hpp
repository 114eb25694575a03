// SPDX-License-Identifier: Apache-2.0
// Work on several cores whose results are taken in order, with a bound on what waits in memory.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ingot::archive {

/// 0: one for each processor.
inline unsigned threads_for(unsigned workers) {
  return workers != 0 ? workers : std::max(1U, std::thread::hardware_concurrency());
}

/// Results come as from one thread: in order, and the failure thrown is that of the first that
/// failed. Only the order of the work differs.
template <class Result>
class OrderedWork {
public:
  using Work = std::function<Result(std::size_t index)>;

  struct Bounds {
    unsigned workers = 0;                   ///< 0: one for each processor
    std::uint64_t in_flight = 64ULL << 20;  ///< sum of costs of what is begun and not taken
  };

  /// `make_worker` is called on each thread and gives what that thread works with. `cost` of one
  /// result: bytes held while it is made and waits.
  OrderedWork(std::size_t count, const Bounds& bounds,
              std::function<std::uint64_t(std::size_t)> cost, std::function<Work()> make_worker)
      : count_(count),
        limit_(bounds.in_flight),
        cost_(std::move(cost)),
        make_worker_(std::move(make_worker)) {
    const std::size_t threads = std::min<std::size_t>(threads_for(bounds.workers), count);
    try {
      for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
      stop();
      throw;
    }
  }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  ~OrderedWork() { stop(); }

  /// The next result; to be called `count` times at most.
  Result next() {
    std::unique_lock lock(mutex_);
    is_done_.wait(lock, [this] { return failure_ || done_.contains(taken_); });
    const auto found = done_.find(taken_);
    if (found == done_.end()) std::rethrow_exception(failure_);
    Done done = std::move(found->second);
    done_.erase(found);
    in_flight_ -= cost_(taken_);
    ++taken_;
    lock.unlock();
    may_begin_.notify_all();
    if (done.failure) std::rethrow_exception(done.failure);
    return std::move(done.result);
  }

private:
  struct Done {
    Result result{};
    std::exception_ptr failure = {};
  };

  void stop() noexcept {
    {
      const std::scoped_lock lock(mutex_);
      stopped_ = true;
    }
    may_begin_.notify_all();
  }

  /// Work begins in order, so the one that next() waits for is always begun.
  bool room() const { return in_flight_ == 0 || in_flight_ + cost_(begun_) <= limit_; }

  void work() {
    try {
      const Work one = make_worker_();
      for (;;) {
        std::unique_lock lock(mutex_);
        may_begin_.wait(lock, [this] { return stopped_ || begun_ == count_ || room(); });
        if (stopped_ || begun_ == count_) return;
        const std::size_t index = begun_++;
        in_flight_ += cost_(index);
        lock.unlock();
        Done done;
        try {
          done.result = one(index);
        } catch (...) {
          done.failure = std::current_exception();
        }
        lock.lock();
        if (done.failure) stopped_ = true;
        done_.emplace(index, std::move(done));
        is_done_.notify_all();
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      failure_ = std::current_exception();
      stopped_ = true;
      is_done_.notify_all();
    }
  }

  std::size_t count_;
  std::uint64_t limit_;
  std::function<std::uint64_t(std::size_t)> cost_;
  std::function<Work()> make_worker_;
  std::mutex mutex_;
  std::condition_variable may_begin_;
  std::condition_variable is_done_;
  std::size_t begun_ = 0;
  std::size_t taken_ = 0;
  std::uint64_t in_flight_ = 0;
  bool stopped_ = false;
  std::map<std::size_t, Done> done_;
  std::exception_ptr failure_;
  std::vector<std::jthread> threads_;  ///< last, so that they end before what they use
};

}  // namespace ingot::archive
