// SPDX-License-Identifier: Apache-2.0
#include "run/schedule.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "os/signals.hpp"

namespace ingot::run {
namespace {

class Schedule {
public:
  explicit Schedule(std::vector<Work> works) : works_(std::move(works)), state_(works_.size()) {
    std::map<std::string, std::size_t> index;
    for (std::size_t i = 0; i < works_.size(); ++i) index[works_[i].name] = i;
    for (std::size_t i = 0; i < works_.size(); ++i) {
      for (const std::string& name : works_[i].after) {
        if (!index.contains(name))
          throw Error(Fault::internal, works_[i].name + " waits for unknown work '" + name + "'");
        after_.emplace(i, index[name]);
      }
    }
  }

  void run(unsigned workers) {
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < std::max(1U, workers); ++i) threads.emplace_back([this] { serve(); });
    }
    if (failure_) {
      os::forget_stop(stop_);
      std::rethrow_exception(failure_);
    }
  }

private:
  enum class State { waiting, running, done };

  bool ready(std::size_t work) const {
    const auto [first, last] = after_.equal_range(work);
    return std::all_of(first, last, [&](const auto& edge) {
      return state_[edge.second] == State::done;
    });
  }

  /// The next work to run; works_.size() when there is nothing left for this thread.
  std::size_t take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (failure_) return works_.size();
      bool waiting = false;
      bool running = false;
      for (std::size_t i = 0; i < works_.size(); ++i) {
        running = running || state_[i] == State::running;
        if (state_[i] != State::waiting) continue;
        waiting = true;
        if (!ready(i)) continue;
        state_[i] = State::running;
        return i;
      }
      if (!waiting) return works_.size();
      if (!running) {
        fail(std::make_exception_ptr(
            Error(Fault::internal, "works wait for each other in a circle (this is a bug)")));
        return works_.size();
      }
      changed_.wait(lock);
    }
  }

  /// Called with the lock held. The first failure counts; the others follow from it.
  void fail(std::exception_ptr failure) {
    if (!failure_) {
      failure_ = std::move(failure);
      stop_ = os::ask_to_stop();
    }
  }

  void serve() {
    for (std::size_t i = take(); i < works_.size(); i = take()) {
      std::exception_ptr failure;
      try {
        works_[i].run();
      } catch (...) {
        failure = std::current_exception();
      }
      const std::scoped_lock lock(mutex_);
      state_[i] = State::done;
      if (failure) fail(failure);
      changed_.notify_all();
    }
    changed_.notify_all();
  }

  std::vector<Work> works_;
  std::vector<State> state_;
  std::multimap<std::size_t, std::size_t> after_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::exception_ptr failure_;
  bool stop_ = false;
};

}  // namespace

void run_all(std::vector<Work> works, unsigned workers) { Schedule(std::move(works)).run(workers); }

}  // namespace ingot::run
