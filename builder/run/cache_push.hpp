// SPDX-License-Identifier: Apache-2.0
// Sending results to a registry while the build goes on: packed, signed, one after another.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "crypto/key.hpp"
#include "fetch/registry.hpp"
#include "report/report.hpp"
#include "store/store.hpp"

namespace ingot::run {

struct SentResults {
  std::size_t count = 0;  ///< without those that the registry had
  Bytes size;
  std::size_t failed = 0;
};

/// A result that was made in this run is known to be whole; others are read before they are signed.
enum class Origin { made_now, from_store };

/// Faults are warnings; a registry that does not answer is left alone for the rest of the run.
/// A manifest goes last, so that what was cut off is nothing that anybody takes.
class CachePush {
public:
  /// References must outlive the object. Whoever signed with a key of `trusted` needs not be
  /// replaced.
  CachePush(fetch::Registry& registry, const crypto::PrivateKey& key,
            const std::vector<crypto::PublicKey>& trusted, const store::Store& store,
            Report& report);
  /// What has not been sent is not.
  ~CachePush();
  CachePush(const CachePush&) = delete;
  CachePush& operator=(const CachePush&) = delete;

  /// Each key once. Returns at once.
  void add(const std::string& step, const Sha256& key, Origin origin);
  /// Waits for all. When the process was asked to stop, gives up what is left.
  SentResults finish();

private:
  struct Job {
    std::string step;
    Sha256 key;
    Origin origin = Origin::made_now;
  };

  void work();
  /// False when the run is being stopped, perhaps only for now.
  bool carry_out(const Job& job);
  void send(const Job& job);
  bool is_there(const Job& job);

  fetch::Registry& registry_;
  const crypto::PrivateKey& key_;
  const std::vector<crypto::PublicKey>& trusted_;
  const store::Store& store_;
  Report& report_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  std::set<Sha256> known_;
  SentResults sent_;
  bool busy_ = false;
  bool paused_ = false;  ///< the run was asked to stop: nothing more until finish()
  bool ended_ = false;
  bool down_ = false;        ///< of the thread alone
  bool has_config_ = false;  ///< the same
  std::jthread thread_;      ///< last, so that it ends before what it uses
};

}  // namespace ingot::run
