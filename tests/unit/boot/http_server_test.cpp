// SPDX-License-Identifier: Apache-2.0
#include "boot/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

/// All that the server answers to one request.
std::string ask(std::uint16_t port, const std::string& request) {
  const os::Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
  REQUIRE(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::string get(std::uint16_t port, const std::string& path, const std::string& method = "GET") {
  return ask(port,
             format("{} {} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n", method, path));
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a named file is served whole, byte by byte") {
  const os::TempDir folder("http");
  std::string content;
  for (int i = 0; i < 700'000; ++i) content += static_cast<char>(i * 7);
  os::write_file(folder.path() / "root image", content);
  const boot::HttpServer server({{"x.root.squashfs", folder.path() / "root image"}});

  const std::string answer = get(server.port(), "/x.root.squashfs");
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(holds(answer, "Content-Length: 700000\r\n"));
  CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == content);
  CHECK(server.sent() == content.size());
  CHECK(server.requests().at("x.root.squashfs") == 1);
}

TEST_CASE("HEAD tells the size and sends nothing") {
  const os::TempDir folder("http");
  os::write_file(folder.path() / "a", "12345");
  const boot::HttpServer server({{"a", folder.path() / "a"}});
  const std::string answer = get(server.port(), "/a", "HEAD");
  CHECK(answer.starts_with("HTTP/1.1 200"));
  CHECK(holds(answer, "Content-Length: 5\r\n"));
  CHECK(answer.ends_with("\r\n\r\n"));
  CHECK(server.sent() == 0);
}

TEST_CASE("nothing but the named files can be had") {
  const os::TempDir folder("http");
  os::write_file(folder.path() / "a", "open");
  os::write_file(folder.path() / "b", "secret");
  const boot::HttpServer server({{"a", folder.path() / "a"}});
  for (const std::string path : {"/b", "/", "/../b", "/a/../b", "/%2e%2e/b", "/a/"}) {
    const std::string answer = get(server.port(), path);
    CHECK(answer.starts_with("HTTP/1.1 404"));
    CHECK_FALSE(holds(answer, "secret"));
  }
  const std::string post = ask(server.port(),
                               "POST /a HTTP/1.1\r\nHost: n\r\nContent-Length: 0\r\n"
                               "Connection: close\r\n\r\n");
  CHECK_FALSE(post.starts_with("HTTP/1.1 200"));
  CHECK(get(server.port(), "/a").ends_with("open"));
}

TEST_CASE("a file that cannot be served fails before anything listens") {
  const os::TempDir folder("http");
  CHECK_THROWS_AS(boot::HttpServer({{"a", folder.path() / "missing"}}), Error);
  CHECK_THROWS_AS(boot::HttpServer({{"a", folder.path()}}), Error);
}

TEST_CASE("a client that goes away in the middle does not stop the server") {
  const os::TempDir folder("http");
  os::write_file(folder.path() / "a", std::string(4U << 20, 'x'));
  const boot::HttpServer server({{"a", folder.path() / "a"}});
  {
    const os::Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(server.port());
    REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
    const std::string request = "GET /a HTTP/1.1\r\nHost: n\r\n\r\n";
    REQUIRE(::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) > 0);
  }
  CHECK(get(server.port(), "/a").size() > (4U << 20));
}
