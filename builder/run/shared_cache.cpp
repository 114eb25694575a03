// SPDX-License-Identifier: Apache-2.0
#include "run/shared_cache.hpp"

#include "base/duration.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "os/clock.hpp"
#include "run/cache_check.hpp"
#include "run/cache_manifest.hpp"
#include "run/tree_steps.hpp"
#include "store/entry_index.hpp"
#include "store/packed_entry.hpp"

namespace ingot::run {
namespace {

/// One more try: a build goes on without, and sooner is better.
constexpr fetch::RegistryOptions take_options{.retries = 1};

constexpr std::uint64_t progress_step = 1U << 20;

class Watch {
public:
  Milliseconds read() const {
    return std::chrono::duration_cast<Milliseconds>(os::system_clock().steady() - start_);
  }

private:
  std::chrono::steady_clock::time_point start_ = os::system_clock().steady();
};

/// Why an unpacked result is none; empty when it is one.
std::string fault_of(const store::Entry& entry) {
  if (entry.facts.contains(same_as)) return {};
  if (!store::has_index(entry) && !entry.facts.contains("files"))
    return "it says nothing of its files";
  // The payload is what was signed to its last byte. Of trees it is asked once more whether they
  // came out of it as they went in; disks of many gigabytes, mostly holes, are not read again.
  const store::Look look = store::has_index(entry) ? store::Look::content : store::Look::quick;
  return result_alteration(entry, look).value_or("");
}

}  // namespace

SharedCache::Source::Source(fetch::RegistryReference reference, fetch::FoundCredentials credentials)
    : registry(std::move(reference), std::move(credentials), take_options) {}

SharedCache::SharedCache(SharedCacheRequest request, crypto::PrivateKey key,
                         const os::Environment& environment, const store::Store& store,
                         Report& report)
    : store_(store), report_(report), key_(std::move(key)), trusted_(std::move(request.trusted)) {
  if (trusted_.empty()) trusted_.push_back(key_.public_key());
  for (const fetch::RegistryReference& reference : request.from)
    sources_.emplace_back(reference, fetch::find_credentials(reference, environment));
  if (!request.to) return;
  target_ = std::make_unique<fetch::Registry>(*request.to,
                                              fetch::find_credentials(*request.to, environment));
  push_ = std::make_unique<CachePush>(*target_, key_, trusted_, store_, report_);
}

SharedCache::~SharedCache() = default;

bool SharedCache::take(const std::string& step, const Sha256& key) {
  if (!store_.find_entry(key) && !ask_all(step, key)) return false;
  const auto entry = store_.find_entry(key);
  if (!entry) return false;
  const auto other = entry->facts.find(same_as);
  if (other == entry->facts.end()) return true;
  try {
    const Sha256 target = Sha256::from_hex(other->second);
    return target != key && (store_.find_entry(target) || ask_all(step, target));
  } catch (const Error& error) {
    report_.warning(format("the shared result of step {} is not taken: {}", step, error.what()));
    return false;
  }
}

bool SharedCache::ask_all(const std::string& step, const Sha256& key) {
  {
    const std::scoped_lock lock(mutex_);
    if (!asked_.insert(key).second) return false;
  }
  for (Source& source : sources_)
    if (take_from(source, step, key)) return true;
  return false;
}

bool SharedCache::take_from(Source& source, const std::string& step, const Sha256& key) {
  {
    const std::scoped_lock lock(mutex_);
    if (source.down) return false;
  }
  try {
    const auto statement = find(source, step, key);
    if (!statement || !is_worth(source, step, *statement)) return false;
    const store::Scratch scratch = store_.make_scratch();
    const std::filesystem::path file = scratch.path() / "packed";
    return bring(source, *statement, file) && unpack(*statement, file);
  } catch (const Error& error) {
    const bool down = error.fault() == Fault::network;
    {
      const std::scoped_lock lock(mutex_);
      if (down && source.down) return false;  // another step has said it
      source.down = down;
    }
    report_.warning(
        down ? format("a shared cache is left out from now on: {}", error.what())
             : format("the shared result of step {} is not taken: {}", step, error.what()));
    return false;
  }
}

std::optional<CacheStatement> SharedCache::find(Source& source, const std::string& step,
                                                const Sha256& key) {
  const auto manifest = source.registry.manifest(key.hex());
  if (!manifest) return std::nullopt;
  try {
    return verified_cache_manifest(*manifest, key, trusted_);
  } catch (const Error& error) {
    report_.warning(format("the result of step {} in {} is refused: {}", step,
                           source.registry.reference().text(), error.message()));
    return std::nullopt;
  }
}

void SharedCache::say_skipped(const std::string& step, const CacheStatement& statement,
                              const TransferOutlook& outlook) {
  report_.note(format("{} is made here: bringing {} would take {}, making it took {}", step,
                      human({statement.payload.size}), seconds_text(outlook.expected),
                      seconds_text(statement.cost)));
}

bool SharedCache::is_worth(Source& source, const std::string& step,
                           const CacheStatement& statement) {
  TransferOutlook outlook;
  {
    const std::scoped_lock lock(mutex_);
    outlook = transfer_outlook({statement.payload.size}, statement.cost, source.speed, unpacking_);
  }
  if (!outlook.worth) say_skipped(step, statement, outlook);
  return outlook.worth;
}

bool SharedCache::bring(Source& source, const CacheStatement& statement,
                        const std::filesystem::path& file) {
  const Watch watch;
  const Bytes size{statement.payload.size};
  std::uint64_t done = 0;
  std::uint64_t told = 0;
  TransferOutlook outlook;
  const bool whole =
      source.registry.get_blob({statement.payload.digest, size}, file, [&](std::uint64_t now) {
        done = now;
        if (done - told >= progress_step || done == size.count) {
          report_.step_progress(statement.step, done, size.count);
          told = done;
        }
        outlook = while_it_runs(size, {done}, watch.read(), statement.cost);
        return outlook.worth;
      });
  const std::scoped_lock lock(mutex_);
  source.speed.note({done}, watch.read());
  if (!whole) say_skipped(statement.step, statement, outlook);
  return whole;
}

bool SharedCache::unpack(const CacheStatement& statement, const std::filesystem::path& file) {
  const Watch watch;
  auto stage = store_.begin_entry(statement.key);
  if (!stage) return true;  // another process has made it meanwhile
  const auto facts = store::unpack_entry(file, *stage);
  const std::string fault = fault_of(store::entry_of(*stage, facts));
  if (!fault.empty()) throw Error(Fault::verification, "it is not what it says it is: " + fault);
  stage->commit(facts);
  const std::scoped_lock lock(mutex_);
  unpacking_.note({statement.payload.size}, watch.read());
  ++taken_;
  taken_size_ = taken_size_ + Bytes{statement.payload.size};
  return true;
}

void SharedCache::give(const std::string& step, const Sha256& key, Origin origin) {
  if (push_) push_->add(step, key, origin);
}

void SharedCache::finish() {
  SentResults sent;
  if (push_) sent = push_->finish();
  const std::scoped_lock lock(mutex_);
  if (taken_ != 0)
    report_.note(format("shared cache: {} results taken, {}", taken_, human(taken_size_)));
  if (sent.count != 0)
    report_.note(format("shared cache: {} results sent, {}", sent.count, human(sent.size)));
  if (sent.failed != 0)
    report_.warning(format("shared cache: {} results were not sent", sent.failed));
}

}  // namespace ingot::run
