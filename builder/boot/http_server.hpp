// SPDX-License-Identifier: Apache-2.0
// Serves a fixed set of files over HTTP on loopback, for a node under test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace ingot::boot {

/// Answers GET and HEAD for exactly the names of its map; everything else is 404. Listens on
/// 127.0.0.1 only.
class HttpServer {
public:
  /// Starts to serve: `/<name>` gives the content of the file. Fault::io when a file cannot be
  /// opened, Fault::environment when no port can be had.
  explicit HttpServer(const std::map<std::string, std::filesystem::path>& files);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  std::uint16_t port() const noexcept;
  /// Bytes of file content sent so far, over all requests.
  std::uint64_t sent() const noexcept;
  /// Requests answered, by name; unknown names are counted under "".
  std::map<std::string, unsigned> requests() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ingot::boot
