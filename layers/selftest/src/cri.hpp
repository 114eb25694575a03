// SPDX-License-Identifier: Apache-2.0
// Asks a container runtime over its socket (gRPC, CRI v1) who it is and whether it is ready.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::selftest {

struct RuntimeVersion {
  std::string name;
  std::string version;
  std::string api_version;
};

/// The length-delimited and varint fields of one protobuf message.
struct ProtoFields {
  std::multimap<std::uint32_t, std::string> texts;
  std::multimap<std::uint32_t, std::uint64_t> numbers;
  std::string text(std::uint32_t field) const;
};

/// Throws Broken when the bytes are no protobuf message.
ProtoFields parse_proto(std::string_view bytes);

/// One connection. Every call and the constructor end within `limit` or throw Broken.
class CriConnection {
public:
  CriConnection(const std::filesystem::path& socket, std::chrono::milliseconds limit);
  ~CriConnection();
  CriConnection(const CriConnection&) = delete;
  CriConnection& operator=(const CriConnection&) = delete;

  RuntimeVersion version();
  /// Conditions that the runtime reports as not true: "RuntimeReady: reason message".
  std::vector<std::string> unmet_conditions();

private:
  struct Frame;
  std::string call(std::string_view path);
  void send_all(std::string_view bytes);
  std::string receive(std::size_t count);
  Frame read_frame();
  bool take_answer(const Frame& frame, std::uint32_t stream, std::string& body);

  int socket_ = -1;
  std::uint32_t next_stream_ = 1;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace ingot::selftest
