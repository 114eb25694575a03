// SPDX-License-Identifier: Apache-2.0
// Results of steps and formats that machines share through registries: taken where that is quicker
// than making them, and given once they are made.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/key.hpp"
#include "fetch/registry.hpp"
#include "os/environment.hpp"
#include "report/report.hpp"
#include "run/cache_push.hpp"
#include "run/cache_statement.hpp"
#include "run/transfer_estimate.hpp"
#include "store/store.hpp"

namespace ingot::run {

struct SharedCacheRequest {
  std::vector<fetch::RegistryReference> from;  ///< asked in this order
  std::optional<fetch::RegistryReference> to;
  /// Results that one of these has signed are believed in all that they hold; with none, those of
  /// the key that we sign with.
  std::vector<crypto::PublicKey> trusted;
};

/// Nothing that a registry does fails a build: what cannot be taken is made, what cannot be sent is
/// not, and both are said. Thread-safe.
class SharedCache {
public:
  /// `store` and `report` must outlive the object.
  SharedCache(SharedCacheRequest request, crypto::PrivateKey key,
              const os::Environment& environment, const store::Store& store, Report& report);
  ~SharedCache();

  /// True when the store has the result now. Each key is asked for once.
  bool take(const std::string& step, const Sha256& key);

  /// Sends the result in the background, if results are sent at all.
  void give(const std::string& step, const Sha256& key, Origin origin);

  /// Waits until all is sent, and says what has gone each way.
  void finish();

private:
  struct Source {
    explicit Source(fetch::RegistryReference reference, fetch::FoundCredentials credentials);
    fetch::Registry registry;
    bool down = false;
    Speed speed;
  };

  bool ask_all(const std::string& step, const Sha256& key);
  bool take_from(Source& source, const std::string& step, const Sha256& key);
  std::optional<CacheStatement> find(Source& source, const std::string& step, const Sha256& key);
  bool is_worth(Source& source, const std::string& step, const CacheStatement& statement);
  bool bring(Source& source, const CacheStatement& statement, const std::filesystem::path& file);
  bool unpack(const CacheStatement& statement, const std::filesystem::path& file);
  void say_skipped(const std::string& step, const CacheStatement& statement,
                   const TransferOutlook& outlook);

  const store::Store& store_;
  Report& report_;
  crypto::PrivateKey key_;
  std::vector<crypto::PublicKey> trusted_;

  std::mutex mutex_;
  std::deque<Source> sources_;  ///< each stays where it is
  std::set<Sha256> asked_;
  Speed unpacking_;
  std::size_t taken_ = 0;
  Bytes taken_size_;

  std::unique_ptr<fetch::Registry> target_;
  std::unique_ptr<CachePush> push_;  ///< last, so that it ends before what it uses
};

}  // namespace ingot::run
