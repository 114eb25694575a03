// SPDX-License-Identifier: Apache-2.0
#include "fetch/fetch.hpp"

#include <atomic>
#include <map>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/http_server.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
using test::HttpReply;
using test::HttpRequest;
using test::HttpServer;

namespace {

std::string content_of(std::size_t size, unsigned seed = 1) {
  std::string content(size, '\0');
  for (char& c : content) {
    seed = seed * 1103515245U + 12345U;
    c = static_cast<char>(seed >> 16U);
  }
  return content;
}

struct Fixture {
  os::TempDir temp{"fetch-test"};
  test::RecordingReport report;
  std::map<std::string, std::string> got;
  fetch::Options options;

  Fixture() {
    options.back_off = std::chrono::milliseconds(10);
    options.connect_timeout = std::chrono::seconds(2);
  }

  static fetch::Wanted wanted(const std::string& content, std::vector<std::string> urls,
                              const std::string& name = "thing 1.0") {
    return {name, std::move(urls), crypto::digest_of(content), Bytes{content.size()}};
  }

  void fetch(const std::vector<fetch::Wanted>& all) {
    fetch::fetch_all(
        all, temp.path() / "parts",
        [&](const fetch::Wanted& one, const std::filesystem::path& file) {
          got[one.name] = os::read_file(file);
          std::filesystem::remove(file);
        },
        report, options);
  }

  Error failure(const std::vector<fetch::Wanted>& all) {
    try {
      fetch(all);
    } catch (const Error& error) {
      return error;
    }
    return Error(Fault::internal, "nothing failed");
  }

  std::filesystem::path part_of(const std::string& content) const {
    return temp.path() / "parts" / (crypto::digest_of(content).hex() + ".part");
  }
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("files come from the first mirror that has them", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(100'000);
  HttpServer good([&](const HttpRequest& request) { return test::ranged(request, content); });
  HttpServer lacking([](const HttpRequest&) {
    HttpReply reply;
    reply.status = 404;
    return reply;
  });
  fixture.fetch({Fixture::wanted(content, {lacking.url("/a"), good.url("/a")})});
  CHECK(fixture.got["thing 1.0"] == content);
  CHECK(lacking.requests().size() == 1);
}

TEST_CASE("many files come in parallel and each reaches the sink once", "[fetch]") {
  Fixture fixture;
  std::map<std::string, std::string> files;
  std::vector<fetch::Wanted> all;
  for (unsigned i = 0; i < 40; ++i) files["/" + std::to_string(i)] = content_of(5000 + i, i);
  HttpServer server(
      [&](const HttpRequest& request) { return test::ranged(request, files.at(request.path)); });
  for (const auto& [path, content] : files)
    all.push_back(Fixture::wanted(content, {server.url(path)}, path));
  all.push_back(Fixture::wanted(files["/3"], {server.url("/3")}, "a second name of /3"));
  fixture.fetch(all);
  CHECK(fixture.got == files);
  CHECK(server.requests().size() == 40);
}

TEST_CASE("a cut transfer is resumed where it ended, on another mirror too", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(200'000);
  HttpServer cutting([&](const HttpRequest& request) {
    HttpReply reply = test::ranged(request, content);
    reply.cut_after = 50'000;
    return reply;
  });
  HttpServer good([&](const HttpRequest& request) { return test::ranged(request, content); });
  fixture.fetch({Fixture::wanted(content, {cutting.url("/a"), good.url("/a")})});
  CHECK(fixture.got["thing 1.0"] == content);
  REQUIRE(good.requests().size() == 1);
  CHECK(good.requests()[0].headers.at("range") == "bytes=50000-");
}

TEST_CASE("what a former run left is hashed again and continued", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(90'000);
  HttpServer server([&](const HttpRequest& request) { return test::ranged(request, content); });
  SECTION("a good part saves its transfer") {
    os::write_file(fixture.part_of(content), content.substr(0, 60'000));
    fixture.fetch({Fixture::wanted(content, {server.url("/a")})});
    REQUIRE(server.requests().size() == 1);
    CHECK(server.requests()[0].headers.at("range") == "bytes=60000-");
  }
  SECTION("a wrong part costs one more request") {
    os::write_file(fixture.part_of(content), content_of(60'000, 7));
    fixture.fetch({Fixture::wanted(content, {server.url("/a")})});
    CHECK(server.requests().size() == 2);
  }
  SECTION("a part that is too long is dropped") {
    os::write_file(fixture.part_of(content), content + "more");
    fixture.fetch({Fixture::wanted(content, {server.url("/a")})});
    CHECK(server.requests()[0].headers.count("range") == 0);
  }
  SECTION("a whole file needs no request") {
    os::write_file(fixture.part_of(content), content);
    fixture.fetch({Fixture::wanted(content, {server.url("/a")})});
    CHECK(server.requests().empty());
  }
  SECTION("a server without ranges sends it all again") {
    os::write_file(fixture.part_of(content), content.substr(0, 60'000));
    HttpServer plain([&](const HttpRequest&) {
      HttpReply reply;
      reply.body = content;
      return reply;
    });
    fixture.fetch({Fixture::wanted(content, {plain.url("/a")})});
    CHECK(plain.requests().size() == 1);
  }
  SECTION("a server that answers with another range is asked again from the start") {
    os::write_file(fixture.part_of(content), content.substr(0, 60'000));
    HttpServer odd([&](const HttpRequest& request) {
      HttpReply reply = test::ranged(request, content);
      if (reply.status == 206) reply.headers = {"Content-Range: bytes 10-89999/90000"};
      return reply;
    });
    fixture.fetch({Fixture::wanted(content, {odd.url("/a")})});
    CHECK(odd.requests().size() == 2);
  }
  CHECK(fixture.got["thing 1.0"] == content);
}

TEST_CASE("wrong bytes are refused and the next mirror is asked", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(50'000);
  HttpServer good([&](const HttpRequest& request) { return test::ranged(request, content); });
  HttpReply lie;
  SECTION("same size") { lie.body = content_of(50'000, 9); }
  SECTION("longer, and says so") { lie.body = content + "x"; }
  SECTION("longer, and says nothing") {
    lie.body = content + "x";
    lie.without_length = true;
  }
  SECTION("shorter") { lie.body = content.substr(0, 49'999); }
  SECTION("a claimed length that is never sent") {
    lie.body = content_of(30'000, 9);
    lie.claimed_length = 50'000;
  }
  SECTION("a login page") {
    lie.body = "<html>please log in</html>";
    lie.headers = {"Content-Type: text/html"};
  }
  HttpServer liar([&](const HttpRequest&) { return lie; });
  fixture.fetch({Fixture::wanted(content, {liar.url("/a"), good.url("/a")})});
  CHECK(fixture.got["thing 1.0"] == content);
}

TEST_CASE("a file that every mirror serves wrongly is a failed verification", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(5'000);
  HttpServer liar([&](const HttpRequest&) {
    HttpReply reply;
    reply.body = content_of(5'000, 3);
    return reply;
  });
  HttpServer longer([&](const HttpRequest&) {
    HttpReply reply;
    reply.body = content + content;
    return reply;
  });
  const Error error =
      fixture.failure({Fixture::wanted(content, {liar.url("/a"), longer.url("/a")})});
  CHECK(error.fault() == Fault::verification);
  CHECK(has(error.message(), "served other bytes"));
  CHECK(has(error.message(), "has 10000 bytes, not the 5000"));
  CHECK(liar.requests().size() == 1);
}

TEST_CASE("no more than the locked size is read of an endless answer", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(1'000);
  HttpServer endless([&](const HttpRequest&) {
    HttpReply reply;
    reply.body = content_of(30'000'000, 3);
    reply.without_length = true;
    return reply;
  });
  const Error error = fixture.failure({Fixture::wanted(content, {endless.url("/a")})});
  CHECK(error.fault() == Fault::verification);
  CHECK(has(error.message(), "more than the 1000 bytes"));
  CHECK_FALSE(std::filesystem::exists(fixture.part_of(content)));
}

TEST_CASE("faults that may pass are tried again, others are not", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(5'000);
  std::atomic<int> asked{0};
  HttpServer busy([&](const HttpRequest& request) {
    HttpReply reply;
    reply.status = 503;
    return ++asked < 3 ? reply : test::ranged(request, content);
  });
  fixture.fetch({Fixture::wanted(content, {busy.url("/a")})});
  CHECK(fixture.got["thing 1.0"] == content);
  CHECK(asked == 3);

  HttpServer gone([](const HttpRequest&) {
    HttpReply reply;
    reply.status = 404;
    return reply;
  });
  const Error error = fixture.failure({Fixture::wanted(content, {gone.url("/a")})});
  CHECK(error.fault() == Fault::network);
  CHECK(has(error.message(), "status 404"));
  CHECK(gone.requests().size() == 1);
}

TEST_CASE("every failed file is named with what each mirror said, the others arrive", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(5'000);
  HttpServer server([&](const HttpRequest& request) {
    if (request.path == "/good") return test::ranged(request, content);
    HttpReply reply;
    reply.status = request.path == "/a" ? 404 : 403;
    return reply;
  });
  const Error error = fixture.failure(
      {Fixture::wanted(content_of(10, 2), {server.url("/a")}, "alpha 1"),
       Fixture::wanted(content, {server.url("/good")}, "good 1"),
       Fixture::wanted(content_of(10, 4), {server.url("/b"), "/nowhere/b"}, "beta 2")});
  CHECK(error.fault() == Fault::network);
  CHECK(has(error.message(), "2 of 3 files"));
  CHECK(has(error.message(), "alpha 1"));
  CHECK(has(error.message(), "beta 2"));
  CHECK(has(error.message(), "status 403"));
  CHECK(has(error.message(), "/nowhere/b: No such file or directory"));
  CHECK(fixture.got.at("good 1") == content);
}

TEST_CASE("a slow mirror is left for another one", "[fetch]") {
  Fixture fixture;
  fixture.options.low_speed = 10'000;
  fixture.options.low_speed_time = std::chrono::seconds(1);
  const std::string content = content_of(20'000);
  HttpServer slow([&](const HttpRequest& request) {
    HttpReply reply = test::ranged(request, content);
    reply.stall = std::chrono::seconds(10);
    return reply;
  });
  HttpServer good([&](const HttpRequest& request) { return test::ranged(request, content); });
  fixture.fetch({Fixture::wanted(content, {slow.url("/a"), good.url("/a")})});
  CHECK(fixture.got["thing 1.0"] == content);
}

TEST_CASE("redirects are followed within the scheme and refused out of it", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(5'000);
  HttpServer good([&](const HttpRequest& request) { return test::ranged(request, content); });
  std::string target = good.url("/there");
  HttpServer moving([&](const HttpRequest&) {
    HttpReply reply;
    reply.status = 302;
    reply.body = "moved";
    reply.headers = {"Location: " + target};
    return reply;
  });
  fixture.fetch({Fixture::wanted(content, {moving.url("/a")})});
  CHECK(fixture.got["thing 1.0"] == content);

  os::write_file(fixture.temp.path() / "secret", content);
  target = "file://" + (fixture.temp.path() / "secret").string();
  const Error error = fixture.failure({Fixture::wanted(content, {moving.url("/a")})});
  CHECK(error.fault() == Fault::network);
  CHECK(has(error.message(), "scheme"));
}

TEST_CASE("a mirror that cannot be reached is given up after a while", "[fetch]") {
  Fixture fixture;
  fixture.options.parallel = 2;
  fixture.options.retries = 1;
  std::string closed;
  {
    const HttpServer brief([](const HttpRequest&) { return HttpReply{}; });
    closed = brief.url();
  }
  std::vector<fetch::Wanted> all;
  for (unsigned i = 0; i < 30; ++i)
    all.push_back(Fixture::wanted(content_of(10, i), {closed + "/" + std::to_string(i)},
                                  format("file {}", i)));
  const Error error = fixture.failure(all);
  CHECK(error.fault() == Fault::network);
  CHECK(has(error.message(), "30 of 30"));
  CHECK(has(error.message(), "connections in a row failed"));
}

TEST_CASE("folders and file URLs are mirrors", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(5'000);
  const auto folder = fixture.temp.path() / "a mirror";
  os::write_file(folder / "pool/x+y.deb", content);
  SECTION("a path") {
    fixture.fetch({Fixture::wanted(content, {fetch::on_mirror(folder.string(), "pool/x+y.deb")})});
  }
  SECTION("a file URL, offline") {
    fixture.options.offline = true;
    fixture.fetch({Fixture::wanted(
        content, {"http://example.test/x",
                  "file://" + fixture.temp.path().string() + "/a%20mirror/pool/x%2By.deb"})});
  }
  CHECK(fixture.got["thing 1.0"] == content);
  CHECK(os::read_file(folder / "pool/x+y.deb") == content);
  fixture.options.offline = true;
  const Error error = fixture.failure({Fixture::wanted("other", {"http://example.test/x"})});
  CHECK(has(error.message(), "offline"));
}

TEST_CASE("two runs at a time do not disturb each other", "[fetch]") {
  Fixture fixture;
  const std::string content = content_of(300'000);
  HttpServer server([&](const HttpRequest& request) {
    HttpReply reply = test::ranged(request, content);
    reply.stall = std::chrono::milliseconds(100);
    return reply;
  });
  std::atomic<int> good{0};
  const auto one_run = [&] {
    test::RecordingReport report;
    fetch::fetch_all(
        {Fixture::wanted(content, {server.url("/a")})}, fixture.temp.path() / "parts",
        [&](const fetch::Wanted&, const std::filesystem::path& file) {
          if (os::read_file(file) == content) ++good;
        },
        report, fixture.options);
  };
  std::thread other(one_run);
  one_run();
  other.join();
  CHECK(good == 2);
  // As a second run leaves it that is killed.
  os::write_file(fixture.temp.path() / "parts/aside-abcdef/lock", "");
  one_run();
  CHECK(good == 3);
  CHECK_FALSE(std::filesystem::exists(fixture.temp.path() / "parts/aside-abcdef"));
}

TEST_CASE("a text is fetched up to its limit", "[fetch]") {
  HttpServer server([](const HttpRequest& request) {
    HttpReply reply;
    reply.body = "hello";
    if (request.path == "/gone") reply.status = 410;
    return reply;
  });
  CHECK(fetch::fetch_text(server.url("/x"), Bytes{5}) == "hello");
  CHECK_THROWS_AS(fetch::fetch_text(server.url("/x"), Bytes{4}), Error);
  CHECK_THROWS_AS(fetch::fetch_text(server.url("/gone"), Bytes{40}), Error);
}

TEST_CASE("passwords of mirrors are not shown", "[fetch]") {
  CHECK(fetch::shown("https://me:secret@example.test/debian") == "https://example.test/debian");
  CHECK(fetch::shown("https://example.test/a@b") == "https://example.test/a@b");
  CHECK(fetch::shown("/srv/mirror") == "/srv/mirror");
}

TEST_CASE("paths are escaped on mirrors that are URLs only", "[fetch]") {
  CHECK(fetch::on_mirror("http://example.test/debian/", "pool/g++ 1~2.deb") ==
        "http://example.test/debian/pool/g%2B%2B%201~2.deb");
  CHECK(fetch::on_mirror("/srv/mirror/", "pool/g++.deb") == "/srv/mirror/pool/g++.deb");
}
