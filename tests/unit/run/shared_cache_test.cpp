// SPDX-License-Identifier: Apache-2.0
#include "run/shared_cache.hpp"

#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "run/tree_steps.hpp"
#include "store/entry_index.hpp"
#include "support/catch.hpp"
#include "support/http_server.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
using test::HttpReply;
using test::HttpRequest;

namespace {

/// A registry in memory; blobs and manifests can be looked at and spoilt.
struct Stand {
  std::mutex mutex;
  std::map<std::string, std::string> blobs;
  std::map<std::string, std::string> manifests;
  bool broken = false;
  test::HttpServer server{[this](const HttpRequest& request) { return answer(request); }};

  HttpReply answer(const HttpRequest& request) {
    const std::scoped_lock lock(mutex);
    if (broken) return {.status = 500};
    const bool manifest = request.path.find("/manifests/") != std::string::npos;
    const std::string name = request.path.substr(request.path.rfind('/') + 1);
    auto& things = manifest ? manifests : blobs;
    if (request.method == "POST") return {.status = 202, .headers = {"Location: /upload"}};
    if (request.method == "PUT" && !manifest) {
      const std::string mark = "digest=sha256%3A";
      blobs["sha256:" + name.substr(name.find(mark) + mark.size())] = request.body;
      return {.status = 201};
    }
    if (request.method == "PUT") {
      manifests[name] = request.body;
      return {.status = 201};
    }
    if (!things.contains(name)) return {.status = 404};
    return test::ranged(request, things.at(name));
  }

  fetch::RegistryReference reference() const {
    return {server.url().substr(std::string("http://").size()), "cache"};
  }
};

struct Machine {
  std::filesystem::path folder;
  store::Store store{folder};
  test::RecordingReport report = {};

  run::SharedCache shared(const Stand& stand, const std::string& key_pem_file, bool gives) {
    run::SharedCacheRequest request;
    if (gives)
      request.to = stand.reference();
    else
      request.from = {stand.reference()};
    return run::SharedCache(std::move(request), crypto::PrivateKey::load(key_pem_file), {}, store,
                            report);
  }
};

struct Fixture {
  os::TempDir temp{"shared-test"};
  Stand stand;
  Machine here{temp.path() / "here"};
  Machine there{temp.path() / "there"};
  std::string key_file = temp.path() / "key";
  std::string foreign_file = temp.path() / "foreign";
  Sha256 key = crypto::digest_of("key");
  Sha256 alias = crypto::digest_of("alias");

  Fixture() {
    crypto::PrivateKey::generate(crypto::KeyType::ec_p256).save(key_file);
    crypto::PrivateKey::generate(crypto::KeyType::ec_p256).save(foreign_file);
    auto stage = here.store.begin_entry(key);
    os::write_file(stage->folder() / "etc/config", "some text");
    store::write_index(*stage);
    stage->commit({{"step", "install"}, {"milliseconds", "60000"}});
    here.store.begin_entry(alias)->commit({{"step", "install"}, {run::same_as, key.hex()}});
  }

  void give(const std::string& with_key) {
    run::SharedCache shared = here.shared(stand, with_key, true);
    shared.give("install", key, run::Origin::from_store);
    shared.give("install", alias, run::Origin::made_now);
    shared.finish();
  }
};

}  // namespace

TEST_CASE("what one machine gives another takes, also by its other name", "[run]") {
  Fixture f;
  f.give(f.key_file);
  CHECK(f.stand.manifests.size() == 2);
  CHECK(f.stand.blobs.size() == 3);
  CHECK(f.here.report.said("2 results sent"));
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  CHECK(shared.take("install", f.alias));
  shared.finish();
  const auto entry = run::find_tree(f.there.store, f.alias);
  REQUIRE(entry);
  CHECK(os::read_file(entry->root / "etc/config") == "some text");
  CHECK(entry->facts.at("milliseconds") == "60000");
  CHECK(f.there.report.said("2 results taken"));
  CHECK(f.there.report.count(test::ReportedEvent::Kind::warning) == 0);
}

TEST_CASE("several steps give and take at a time", "[run]") {
  Fixture f;
  std::vector<Sha256> keys;
  for (int i = 0; i < 8; ++i) {
    keys.push_back(crypto::digest_of(std::to_string(i)));
    auto stage = f.here.store.begin_entry(keys.back());
    os::write_file(stage->folder() / "file", std::to_string(i));
    store::write_index(*stage);
    stage->commit({{"step", "install"}});
  }
  {
    run::SharedCache shared = f.here.shared(f.stand, f.key_file, true);
    {
      std::vector<std::jthread> threads;
      for (const Sha256& key : keys)
        threads.emplace_back([&] { shared.give("install", key, run::Origin::made_now); });
    }
    shared.finish();
  }
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  {
    std::vector<std::jthread> threads;
    for (const Sha256& key : keys) threads.emplace_back([&] { shared.take("install", key); });
  }
  shared.finish();
  for (const Sha256& key : keys) CHECK(f.there.store.find_entry(key));
  CHECK(f.there.report.said("8 results taken"));
}

TEST_CASE("what is not there is asked for once", "[run]") {
  Fixture f;
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  CHECK_FALSE(shared.take("install", f.key));
  CHECK_FALSE(shared.take("install", f.key));
  CHECK(f.stand.server.requests().size() == 1);
  CHECK(f.there.report.events().empty());
}

TEST_CASE("a result that somebody else has signed is refused, and replaced when sent", "[run]") {
  Fixture f;
  f.give(f.foreign_file);
  {
    run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
    CHECK_FALSE(shared.take("install", f.key));
    CHECK(f.there.report.said("not trusted"));
    CHECK_FALSE(f.there.store.find_entry(f.key));
  }
  f.give(f.key_file);
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  CHECK(shared.take("install", f.key));
}

TEST_CASE("a payload that was altered is refused, and nothing of it stays", "[run]") {
  Fixture f;
  f.give(f.key_file);
  for (auto& [name, bytes] : f.stand.blobs) bytes.back() = static_cast<char>(bytes.back() ^ 1);
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  CHECK_FALSE(shared.take("install", f.key));
  CHECK(f.there.report.said("not those of its name"));
  CHECK_FALSE(f.there.store.find_entry(f.key));
}

TEST_CASE("a blob without its manifest is nothing that anybody takes", "[run]") {
  Fixture f;
  f.give(f.key_file);
  f.stand.manifests.clear();
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  CHECK_FALSE(shared.take("install", f.key));
  f.give(f.key_file);
  CHECK(f.stand.manifests.size() == 2);
}

TEST_CASE("a registry out of order is one warning, and left out afterwards", "[run]") {
  Fixture f;
  f.stand.broken = true;
  run::SharedCache shared = f.there.shared(f.stand, f.key_file, false);
  CHECK_FALSE(shared.take("install", f.key));
  const std::size_t asked = f.stand.server.requests().size();
  CHECK_FALSE(shared.take("install", f.alias));
  CHECK(f.stand.server.requests().size() == asked);
  CHECK(f.there.report.count(test::ReportedEvent::Kind::warning) == 1);
  f.give(f.key_file);
  CHECK(f.here.report.said("2 results were not sent"));
}

TEST_CASE("a result altered in the store is not sent", "[run]") {
  Fixture f;
  os::write_file(f.here.store.find_entry(f.key)->root / "etc/config", "other");
  f.give(f.key_file);
  CHECK(f.here.report.said("altered in the store"));
  CHECK_FALSE(f.stand.manifests.contains(f.key.hex()));
}
