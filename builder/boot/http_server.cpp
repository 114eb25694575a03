// SPDX-License-Identifier: Apache-2.0
#include "boot/http_server.hpp"

#include <fcntl.h>
#include <httplib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/fd.hpp"

namespace ingot::boot {
namespace {

struct ServedFile {
  os::Fd fd;
  std::uint64_t size = 0;
};

ServedFile open_served(const std::filesystem::path& path) {
  ServedFile file{os::open_file(path, O_RDONLY), 0};
  struct stat state {};
  if (::fstat(file.fd.get(), &state) != 0) throw_errno(format("looking at {}", path.string()));
  if (!S_ISREG(state.st_mode)) {
    throw Error(Fault::io, format("{} is no regular file, so it cannot be served", path.string()));
  }
  file.size = static_cast<std::uint64_t>(state.st_size);
  return file;
}

}  // namespace

struct HttpServer::State {
  std::map<std::string, ServedFile> files;
  httplib::Server server;
  std::thread thread;
  std::uint16_t port = 0;
  std::atomic<std::uint64_t> sent{0};
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::map<std::string, unsigned> requests;

  void answer(const std::string& name, httplib::Response& response);
  bool send(const ServedFile& file, std::size_t offset, std::size_t length,
            httplib::DataSink& sink);
};

void HttpServer::State::answer(const std::string& name, httplib::Response& response) {
  const auto found = files.find(name);
  {
    const std::scoped_lock lock(mutex);
    ++requests[found == files.end() ? std::string() : name];
  }
  if (found == files.end()) {
    response.status = 404;
    return;
  }
  const ServedFile& file = found->second;
  response.set_content_provider(
      static_cast<std::size_t>(file.size), "application/octet-stream",
      [this, &file](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        return send(file, offset, length, sink);
      });
}

// Sends a piece; the library asks again until all is sent.
bool HttpServer::State::send(const ServedFile& file, std::size_t offset, std::size_t length,
                             httplib::DataSink& sink) {
  std::array<char, std::size_t{256} << 10> buffer;
  if (stopping) return false;
  ssize_t got = 0;
  do {
    got = ::pread(file.fd.get(), buffer.data(), std::min(length, buffer.size()),
                  static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;  // cut or unreadable: the connection ends short, which clients see
  const auto count = static_cast<std::size_t>(got);
  if (!sink.write(buffer.data(), count)) return false;
  sent += count;
  return true;
}

HttpServer::HttpServer(const std::map<std::string, std::filesystem::path>& files)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  for (const auto& [name, path] : files) state.files.emplace(name, open_served(path));

  state.server.set_keep_alive_timeout(1);
  state.server.set_read_timeout(10);
  state.server.set_write_timeout(60);
  state.server.set_payload_max_length(0);
  // HEAD comes here too.
  state.server.Get("/.*", [&state](const httplib::Request& request, httplib::Response& response) {
    state.answer(request.path.substr(1), response);
  });
  const int port = state.server.bind_to_any_port("127.0.0.1");
  if (port <= 0) {
    throw Error(Fault::environment, "no port on 127.0.0.1 is free for the test's HTTP server");
  }
  state.port = static_cast<std::uint16_t>(port);
  state.thread = std::thread([&state] { state.server.listen_after_bind(); });
  // Stopping a server that does not listen yet would be forgotten.
  for (int tries = 0; !state.server.is_running() && tries < 5000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

HttpServer::~HttpServer() {
  state_->stopping = true;
  state_->server.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

std::uint16_t HttpServer::port() const noexcept { return state_->port; }

std::uint64_t HttpServer::sent() const noexcept { return state_->sent; }

std::map<std::string, unsigned> HttpServer::requests() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->requests;
}

}  // namespace ingot::boot
