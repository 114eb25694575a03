// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry.hpp"

#include <atomic>
#include <map>
#include <mutex>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/http_server.hpp"

using namespace ingot;
using namespace std::chrono_literals;
using test::HttpReply;
using test::HttpRequest;
using test::HttpServer;

namespace {

fetch::RegistryReference at(const HttpServer& server) {
  return {server.url().substr(std::string("http://").size()), "team/cache"};
}

fetch::Registry registry_at(const HttpServer& server, fetch::FoundCredentials credentials = {}) {
  return fetch::Registry(at(server), std::move(credentials), {.retries = 1, .back_off = 1ms});
}

std::string fault_of(const std::function<void()>& work, Fault fault = Fault::network) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.fault() == fault);
    return error.message();
  }
  return "no fault";
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

fetch::RegistryBlob blob_of(const std::string& content) {
  return {crypto::digest_of(content), {content.size()}};
}

/// A registry for blobs that are sent, in one or in pieces.
struct Taking {
  std::mutex mutex;
  std::map<std::string, std::string> sent;
  std::string body;
  std::size_t largest = 1U << 30;
  std::vector<std::string> more_headers = {};

  HttpReply answer(const HttpRequest& request) {
    const std::scoped_lock lock(mutex);
    if (request.method == "HEAD") {
      const std::string name = request.path.substr(request.path.rfind('/') + 1);
      return {.status = sent.contains(name) ? 200 : 404, .body = ""};
    }
    if (request.method == "POST") {
      body.clear();
      HttpReply reply{.status = 202, .body = "", .headers = more_headers};
      reply.headers.push_back("Location: /upload/1?state=x");
      return reply;
    }
    if (request.body.size() > largest) return {.status = 413, .body = ""};
    body += request.body;
    if (request.method == "PATCH")
      return {.status = 202,
              .body = "",
              .headers = {"Location: /upload/" + std::to_string(body.size()) + "?state=y"}};
    const auto digest = request.path.find("digest=sha256%3A");
    REQUIRE(digest != std::string::npos);
    sent["sha256:" + request.path.substr(digest + 16)] = body;
    return {.status = 201, .body = ""};
  }
};

}  // namespace

TEST_CASE("a manifest is read by its tag, and one that is not there is no fault", "[fetch]") {
  const HttpServer server([](const HttpRequest& request) {
    if (request.path == "/v2/team/cache/manifests/there") return HttpReply{.body = "{}"};
    return HttpReply{.status = 404, .body = R"({"errors":[{"code":"MANIFEST_UNKNOWN"}]})"};
  });
  fetch::Registry registry = registry_at(server);
  CHECK(registry.manifest("there") == "{}");
  CHECK_FALSE(registry.manifest("absent"));
  CHECK(registry.has_manifest("there"));
  CHECK_FALSE(registry.has_manifest("absent"));
  CHECK(holds(server.requests().front().headers.at("accept"), "oci.image.manifest"));
}

TEST_CASE("a manifest by digest must be the one that was asked for", "[fetch]") {
  const HttpServer server([](const HttpRequest&) { return HttpReply{.body = "{}"}; });
  fetch::Registry registry = registry_at(server);
  CHECK(registry.manifest("sha256:" + crypto::digest_of("{}").hex()) == "{}");
  const std::string other = "sha256:" + crypto::digest_of("{ }").hex();
  CHECK(holds(fault_of([&] { registry.manifest(other); }, Fault::verification), "asked for"));
}

TEST_CASE("what a registry says is part of the fault, and some faults may pass", "[fetch]") {
  std::atomic<int> asked = 0;
  const HttpServer server([&](const HttpRequest& request) {
    ++asked;
    if (request.path.ends_with("denied"))
      return HttpReply{.status = 403,
                       .body = R"({"errors":[{"code":"DENIED","message":"not for you"}]})"};
    if (request.path.ends_with("passes") && asked == 1) return HttpReply{.status = 503, .body = ""};
    if (request.path.ends_with("passes")) return HttpReply{.body = "{}"};
    return HttpReply{.status = 429, .body = ""};
  });
  fetch::Registry registry = registry_at(server);
  CHECK(registry.manifest("passes") == "{}");
  CHECK(asked == 2);
  asked = 0;
  CHECK(holds(fault_of([&] { registry.manifest("denied"); }), "DENIED: not for you"));
  CHECK(asked == 1);
  CHECK(holds(fault_of([&] { registry.manifest("often"); }), "too many requests"));
  CHECK(asked == 3);
}

TEST_CASE("a registry that is not there is a fault of the network", "[fetch]") {
  fetch::Registry registry({"127.0.0.1:1", "a"}, {}, {.retries = 0});
  CHECK(holds(fault_of([&] { registry.manifest("x"); }), "oci://127.0.0.1:1/a"));
  fetch::Registry offline({"127.0.0.1:1", "a"}, {}, {.offline = true});
  CHECK(holds(fault_of([&] { offline.manifest("x"); }), "offline"));
}

TEST_CASE("a token is got where the registry says, and used again", "[fetch]") {
  std::atomic<int> tokens = 0;
  const HttpServer server([&](const HttpRequest& request) {
    if (request.path.starts_with("/token")) {
      ++tokens;
      CHECK(holds(request.path, "service=the%20registry"));
      CHECK(holds(request.path, "scope=repository%3Ateam%2Fcache%3Apull"));
      CHECK(request.headers.at("authorization") == "Basic dXNlcjpwYXNz");
      return HttpReply{.body = R"({"token":"abc","expires_in":300})"};
    }
    const auto given = request.headers.find("authorization");
    if (given != request.headers.end() && given->second == "Bearer abc")
      return HttpReply{.body = "{}"};
    return HttpReply{.status = 401,
                     .body = "",
                     .headers = {"WWW-Authenticate: Bearer realm=\"http://" +
                                 request.headers.at("host") + "/token\",service=\"the registry\""}};
  });
  fetch::Registry registry =
      registry_at(server, {.credentials = fetch::RegistryCredentials{"user", "pass", ""}});
  CHECK(registry.manifest("a") == "{}");
  CHECK(registry.manifest("b") == "{}");
  CHECK(tokens == 1);
}

TEST_CASE("Basic is given where it is asked for, and refused once it does not help", "[fetch]") {
  const HttpServer server([&](const HttpRequest& request) {
    if (request.headers.contains("authorization") &&
        request.headers.at("authorization") == "Basic dXNlcjpwYXNz")
      return HttpReply{.body = "{}"};
    return HttpReply{.status = 401, .body = "", .headers = {"WWW-Authenticate: Basic realm=\"x\""}};
  });
  fetch::Registry good =
      registry_at(server, {.credentials = fetch::RegistryCredentials{"user", "pass", ""}});
  CHECK(good.manifest("a") == "{}");
  fetch::Registry bad =
      registry_at(server, {.credentials = fetch::RegistryCredentials{"user", "hidden", ""}});
  const std::string said = fault_of([&] { bad.manifest("a"); });
  CHECK(holds(said, "does not accept the user"));
  CHECK_FALSE(holds(said, "hidden"));
  fetch::Registry nobody = registry_at(server);
  CHECK(holds(fault_of([&] { nobody.manifest("a"); }), "docker login"));
}

TEST_CASE("credentials go to the registry, not to where it redirects", "[fetch]") {
  const std::string content(100'000, 'x');
  const HttpServer storage([&](const HttpRequest& request) {
    CHECK_FALSE(request.headers.contains("authorization"));
    return test::ranged(request, content);
  });
  const HttpServer server([&](const HttpRequest& request) {
    if (!request.headers.contains("authorization"))
      return HttpReply{
          .status = 401, .body = "", .headers = {"WWW-Authenticate: Basic realm=\"x\""}};
    return HttpReply{.status = 307, .body = "", .headers = {"Location: " + storage.url("/blob")}};
  });
  const os::TempDir temp("registry-test");
  fetch::Registry registry =
      registry_at(server, {.credentials = fetch::RegistryCredentials{"user", "pass", ""}});
  CHECK(registry.get_blob(blob_of(content), temp.path() / "blob"));
  CHECK(os::read_file(temp.path() / "blob") == content);
  CHECK(storage.requests().size() == 1);
}

TEST_CASE("a blob that was cut is continued, and other bytes are refused", "[fetch]") {
  const std::string content(200'000, 'x');
  std::atomic<int> asked = 0;
  const HttpServer server([&](const HttpRequest& request) {
    if (request.path.ends_with(crypto::digest_of("other").hex())) return HttpReply{.body = "OTHER"};
    HttpReply reply = test::ranged(request, content);
    if (++asked == 1) reply.cut_after = 50'000;
    return reply;
  });
  const os::TempDir temp("registry-test");
  fetch::Registry registry = registry_at(server);
  CHECK(registry.get_blob(blob_of(content), temp.path() / "blob"));
  CHECK(os::read_file(temp.path() / "blob") == content);
  REQUIRE(server.requests().size() == 2);
  CHECK(server.requests()[1].headers.at("range") == "bytes=50000-");
  CHECK(holds(fault_of([&] { registry.get_blob(blob_of("other"), temp.path() / "wrong"); },
                       Fault::verification),
              "not those of its name"));
  CHECK_FALSE(std::filesystem::exists(temp.path() / "wrong"));
  const fetch::RegistryBlob small{crypto::digest_of(content), {1000}};
  CHECK(
      holds(fault_of([&] { registry.get_blob(small, temp.path() / "large"); }, Fault::verification),
            "larger than"));
}

TEST_CASE("a blob's transfer ends when it is told to, and goes on later", "[fetch]") {
  const std::string content(3'000'000, 'x');
  const HttpServer server([&](const HttpRequest& r) { return test::ranged(r, content); });
  const os::TempDir temp("registry-test");
  fetch::Registry registry = registry_at(server);
  CHECK_FALSE(registry.get_blob(blob_of(content), temp.path() / "blob",
                                [](std::uint64_t done) { return done < 100'000; }));
  CHECK(std::filesystem::file_size(temp.path() / "blob") >= 100'000);
  CHECK(registry.get_blob(blob_of(content), temp.path() / "blob"));
  CHECK(os::read_file(temp.path() / "blob") == content);
}

TEST_CASE("a blob is sent once, in one or in pieces", "[fetch]") {
  Taking taking;
  const HttpServer server([&](const HttpRequest& request) { return taking.answer(request); });
  const os::TempDir temp("registry-test");
  const std::string content = std::string(100'000, 'x') + "end";
  os::write_file(temp.path() / "blob", content);
  const std::string name = "sha256:" + blob_of(content).digest.hex();
  {
    fetch::Registry registry = registry_at(server);
    registry.put_blob(blob_of(content), temp.path() / "blob");
    CHECK(taking.sent.at(name) == content);
    CHECK(server.requests().size() == 3);
    registry.put_blob(blob_of(content), temp.path() / "blob");
    CHECK(server.requests().size() == 4);
    registry.put_blob("{}");
    CHECK(taking.sent.at("sha256:" + crypto::digest_of("{}").hex()) == "{}");
  }
  taking.sent.clear();
  fetch::Registry pieces(at(server), {}, {.chunk = {30'000}});
  pieces.put_blob(blob_of(content), temp.path() / "blob");
  CHECK(taking.sent.at(name) == content);
  std::vector<std::string> ranges;
  for (const HttpRequest& request : server.requests())
    if (request.method == "PATCH") ranges.push_back(request.headers.at("content-range"));
  CHECK(ranges ==
        std::vector<std::string>{"0-29999", "30000-59999", "60000-89999", "90000-100002"});
}

TEST_CASE("a registry that takes no large requests gets pieces", "[fetch]") {
  Taking taking;
  taking.largest = 16U << 20;
  const HttpServer server([&](const HttpRequest& request) { return taking.answer(request); });
  const os::TempDir temp("registry-test");
  const std::string content(17U << 20, 'x');
  os::write_file(temp.path() / "blob", content);
  fetch::Registry registry = registry_at(server);
  registry.put_blob(blob_of(content), temp.path() / "blob");
  CHECK(taking.sent.at("sha256:" + blob_of(content).digest.hex()) == content);
}

TEST_CASE("the words of a registry's errors are found", "[fetch]") {
  CHECK(fetch::registry_errors(R"({"errors":[{"code":"A","message":"b"},{"code":"C"}]})") ==
        "A: b; C");
  CHECK(fetch::registry_errors("<html>").empty());
  CHECK(fetch::registry_errors(R"({"errors":{}})").empty());
  CHECK(fetch::registry_errors(R"({"errors":[1]})").empty());
}
