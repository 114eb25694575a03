// SPDX-License-Identifier: Apache-2.0
#include "run/cache_push.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/priority.hpp"
#include "os/signals.hpp"
#include "run/cache_check.hpp"
#include "run/cache_manifest.hpp"
#include "run/result_cost.hpp"
#include "run/tree_steps.hpp"
#include "store/packed_entry.hpp"

namespace ingot::run {
namespace {

/// Another name of a result has no files.
void require_whole(const store::Entry& entry, store::Look look) {
  if (entry.facts.contains(same_as)) return;
  if (const auto altered = result_alteration(entry, look))
    throw Error(Fault::verification, "it was altered in the store: " + *altered);
}

}  // namespace

CachePush::CachePush(fetch::Registry& registry, const crypto::PrivateKey& key,
                     const std::vector<crypto::PublicKey>& trusted, const store::Store& store,
                     Report& report)
    : registry_(registry), key_(key), trusted_(trusted), store_(store), report_(report) {
  thread_ = std::jthread([this] { work(); });
}

CachePush::~CachePush() {
  {
    const std::scoped_lock lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

void CachePush::add(const std::string& step, const Sha256& key, Origin origin) {
  {
    const std::scoped_lock lock(mutex_);
    if (!known_.insert(key).second) return;
    queue_.push_back({step, key, origin});
  }
  changed_.notify_all();
}

SentResults CachePush::finish() {
  std::unique_lock lock(mutex_);
  paused_ = os::stop_requested() != 0;
  if (!paused_ && (busy_ || !queue_.empty()))
    report_.note(format("sending {} results to {}", queue_.size() + (busy_ ? 1 : 0),
                        registry_.reference().text()));
  changed_.notify_all();
  changed_.wait(lock, [this] { return !busy_ && (paused_ || queue_.empty()); });
  sent_.failed += queue_.size();
  queue_.clear();
  return sent_;
}

void CachePush::work() {
  os::give_way();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || (!paused_ && !queue_.empty()); });
    if (ended_) return;
    const Job job = queue_.front();
    queue_.pop_front();
    busy_ = true;
    lock.unlock();
    const bool done = carry_out(job);
    lock.lock();
    busy_ = false;
    if (!done) {
      queue_.push_front(job);
      paused_ = true;
    }
    changed_.notify_all();
  }
}

bool CachePush::carry_out(const Job& job) {
  try {
    if (!down_) {
      send(job);
      return true;
    }
  } catch (const Interrupted&) {
    return false;
  } catch (const Error& error) {
    down_ = error.fault() == Fault::network;
    report_.warning(format("the result of step {} was not sent{}: {}", job.step,
                           down_ ? ", nor will others be" : "", error.what()));
  } catch (const std::exception& error) {
    report_.warning(format("the result of step {} was not sent: {}", job.step, error.what()));
  }
  const std::scoped_lock lock(mutex_);
  ++sent_.failed;
  return true;
}

/// Also when it is another one that was made from the same: it is as good. One that nobody here
/// would take is replaced.
bool CachePush::is_there(const Job& job) {
  const auto manifest = registry_.manifest(job.key.hex());
  if (!manifest) return false;
  try {
    const CacheStatement statement = verified_cache_manifest(*manifest, job.key, trusted_);
    return registry_.has_blob(statement.payload.digest);
  } catch (const Error& error) {
    if (error.fault() != Fault::verification) throw;
    return false;
  }
}

void CachePush::send(const Job& job) {
  const auto entry = store_.find_entry(job.key);
  if (!entry || is_there(job)) return;
  if (job.origin == Origin::from_store) require_whole(*entry, store::Look::content);
  const store::Scratch scratch = store_.make_scratch();
  const std::filesystem::path file = scratch.path() / "packed";
  const CacheStatement statement{
      .key = job.key,
      .step = job.step,
      .payload = store::pack_entry(*entry, file),
      .cost = cost_of(*entry).time.value_or(std::chrono::milliseconds{0})};
  // What was packed is what was made, or somebody has written to it meanwhile.
  require_whole(*entry, store::Look::quick);
  registry_.put_blob({statement.payload.digest, {statement.payload.size}}, file);
  if (!has_config_) registry_.put_blob(empty_config);
  has_config_ = true;
  registry_.put_manifest(job.key.hex(), cache_manifest_type, cache_manifest(statement, key_));
  const std::scoped_lock lock(mutex_);
  ++sent_.count;
  sent_.size = sent_.size + Bytes{statement.payload.size};
}

}  // namespace ingot::run
