// SPDX-License-Identifier: Apache-2.0
// A small HTTP/1.1 server on loopback that can misbehave in every way a mirror does.
#pragma once

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ingot::test {

struct HttpRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body = {};
};

struct HttpReply {
  int status = 200;
  std::string body = {};
  std::vector<std::string> headers = {};             ///< "Name: value"
  std::optional<std::uint64_t> claimed_length = {};  ///< what Content-Length says; else the truth
  bool without_length = false;                       ///< the end is the end of the connection
  std::optional<std::size_t> cut_after = {};         ///< closes after that many bytes of body
  std::chrono::milliseconds stall{0};                ///< sleeps that long after the first half
};

class HttpServer {
public:
  using Answer = std::function<HttpReply(const HttpRequest&)>;

  explicit HttpServer(Answer answer) : answer_(std::move(answer)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (socket_ < 0 || ::bind(socket_, generic, length) != 0 || ::listen(socket_, 64) != 0 ||
        ::getsockname(socket_, generic, &length) != 0) {
      throw std::runtime_error("no loopback server");
    }
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer() {
    stop_ = true;
    accepting_.join();
    for (std::thread& thread : serving_) thread.join();
    ::close(socket_);
  }

  std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<HttpRequest> requests() const {
    const std::lock_guard guard(mutex_);
    return requests_;
  }

private:
  void accept_all() {
    while (!stop_) {
      pollfd waiting{socket_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      serving_.emplace_back([this, connection] {
        serve(connection);
        ::shutdown(connection, SHUT_RDWR);
        ::close(connection);
      });
    }
  }

  void serve(int connection) {
    std::string head;
    char buffer[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return;
      head.append(buffer, static_cast<std::size_t>(count));
    }
    HttpRequest request = parse(head);
    if (const auto length = request.headers.find("content-length");
        length != request.headers.end()) {
      request.body = head.substr(head.find("\r\n\r\n") + 4);
      while (request.body.size() < std::stoull(length->second)) {
        const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
        if (count <= 0) return;
        request.body.append(buffer, static_cast<std::size_t>(count));
      }
    }
    {
      const std::lock_guard guard(mutex_);
      requests_.push_back(request);
    }
    send_reply(connection, answer_(request), request.method == "HEAD");
  }

  static HttpRequest parse(const std::string& head) {
    HttpRequest request;
    std::size_t start = 0;
    for (bool first = true;; first = false) {
      const std::size_t end = head.find("\r\n", start);
      const std::string line = head.substr(start, end - start);
      if (line.empty()) return request;
      if (first) {
        const std::size_t space = line.find(' ');
        request.method = line.substr(0, space);
        request.path = line.substr(space + 1, line.rfind(' ') - space - 1);
      } else if (const std::size_t colon = line.find(": "); colon != std::string::npos) {
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        request.headers[name] = line.substr(colon + 2);
      }
      start = end + 2;
    }
  }

  void send_reply(int connection, const HttpReply& reply, bool head_only) const {
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " x\r\nConnection: close\r\n";
    for (const std::string& header : reply.headers) head += header + "\r\n";
    if (!reply.without_length)
      head +=
          "Content-Length: " + std::to_string(reply.claimed_length.value_or(reply.body.size())) +
          "\r\n";
    send_all(connection, head + "\r\n");
    if (head_only) return;
    const std::string body = reply.body.substr(0, reply.cut_after.value_or(reply.body.size()));
    if (reply.stall.count() == 0) return send_all(connection, body);
    send_all(connection, body.substr(0, body.size() / 2));
    for (auto left = reply.stall; left.count() > 0 && !stop_; left -= std::chrono::milliseconds(20))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    send_all(connection, body.substr(body.size() / 2));
  }

  static void send_all(int connection, const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const ssize_t count =
          ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  Answer answer_;
  int socket_ = -1;
  unsigned port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread accepting_;
  std::vector<std::thread> serving_;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
};

/// The part of `body` that the request's Range header asks for, or all of it.
inline HttpReply ranged(const HttpRequest& request, const std::string& body) {
  HttpReply reply;
  const auto range = request.headers.find("range");
  if (range == request.headers.end()) {
    reply.body = body;
    return reply;
  }
  const std::size_t start = std::stoul(range->second.substr(std::string("bytes=").size()));
  if (start >= body.size()) {
    reply.status = 416;
    return reply;
  }
  reply.status = 206;
  reply.body = body.substr(start);
  reply.headers.push_back("Content-Range: bytes " + std::to_string(start) + "-" +
                          std::to_string(body.size() - 1) + "/" + std::to_string(body.size()));
  return reply;
}

}  // namespace ingot::test
