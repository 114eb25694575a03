// SPDX-License-Identifier: Apache-2.0
#include "cri.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "broken.hpp"
#include "file.hpp"

namespace ingot::selftest {

namespace {

// RFC 9113: frame types and flags that matter to a client making one small call at a time.
constexpr std::uint8_t data_frame = 0;
constexpr std::uint8_t headers_frame = 1;
constexpr std::uint8_t reset_frame = 3;
constexpr std::uint8_t settings_frame = 4;
constexpr std::uint8_t ping_frame = 6;
constexpr std::uint8_t goaway_frame = 7;
constexpr std::uint8_t end_stream = 1;  // and, for settings and ping, "acknowledged"
constexpr std::uint8_t end_headers = 4;
constexpr std::uint8_t padded_frame = 8;
constexpr std::size_t most_response = std::size_t{1} << 20;

void put_number(std::string& out, std::uint32_t value, int octets) {
  for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
  }
}

std::uint32_t number_at(std::string_view bytes, std::size_t offset, std::size_t octets) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < octets; ++i) {
    value = value << 8U | static_cast<unsigned char>(bytes[offset + i]);
  }
  return value;
}

std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload) {
  std::string out;
  put_number(out, static_cast<std::uint32_t>(payload.size()), 3);
  put_number(out, type, 1);
  put_number(out, flags, 1);
  put_number(out, stream, 4);
  return out.append(payload);
}

// RFC 7541 6.2.2, literal without indexing, no Huffman; all texts here are shorter than 127.
void put_text(std::string& out, std::string_view text) {
  put_number(out, static_cast<std::uint32_t>(text.size()), 1);
  out += text;
}

std::string request_headers(std::string_view path) {
  std::string out = "\x83\x86";  // :method POST, :scheme http
  out += '\x04';                 // :path
  put_text(out, path);
  out += '\x01';  // :authority
  put_text(out, "localhost");
  out += "\x0f\x10";  // content-type, index 31
  put_text(out, "application/grpc");
  out += '\0';
  put_text(out, "te");
  put_text(out, "trailers");
  return out;
}

int connect_to(const std::filesystem::path& path, std::chrono::steady_clock::time_point deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = path.string();
  if (name.size() >= sizeof address.sun_path) throw Broken(name + " is too long for a socket");
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  for (;;) {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) throw Broken("no socket: " + text_of_errno(errno));
    const auto* general = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (::connect(socket.get(), general, sizeof address) == 0) return socket.release();
    const int number = errno;
    const bool later = number == ENOENT || number == ECONNREFUSED || number == EAGAIN;
    if (!later || std::chrono::steady_clock::now() >= deadline) {
      throw Broken(name + " does not answer: " + text_of_errno(number));
    }
    ::poll(nullptr, 0, 100);
  }
}

std::uint64_t take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) throw Broken("the runtime's answer is cut short");
    const auto octet = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(octet & 0x7fU) << shift;
    if ((octet & 0x80U) == 0) return value;
  }
  throw Broken("the runtime's answer is no protobuf message");
}

std::string_view take_bytes(std::string_view& bytes, std::uint64_t count) {
  if (count > bytes.size()) throw Broken("the runtime's answer is cut short");
  const auto taken = bytes.substr(0, static_cast<std::size_t>(count));
  bytes.remove_prefix(static_cast<std::size_t>(count));
  return taken;
}

}  // namespace

struct CriConnection::Frame {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string payload;
};

std::string ProtoFields::text(std::uint32_t field) const {
  const auto found = texts.find(field);
  return found == texts.end() ? std::string() : found->second;
}

ProtoFields parse_proto(std::string_view bytes) {
  ProtoFields fields;
  while (!bytes.empty()) {
    const std::uint64_t key = take_varint(bytes);
    const auto field = static_cast<std::uint32_t>(key >> 3U);
    switch (key & 7U) {
      case 0:
        fields.numbers.emplace(field, take_varint(bytes));
        break;
      case 1:
        take_bytes(bytes, 8);
        break;
      case 2: {
        const std::uint64_t size = take_varint(bytes);
        fields.texts.emplace(field, take_bytes(bytes, size));
        break;
      }
      case 5:
        take_bytes(bytes, 4);
        break;
      default:
        throw Broken("the runtime's answer is no protobuf message");
    }
  }
  return fields;
}

CriConnection::CriConnection(const std::filesystem::path& socket, std::chrono::milliseconds limit)
    : deadline_(std::chrono::steady_clock::now() + limit) {
  Fd connected(connect_to(socket, deadline_));
  socket_ = connected.get();
  send_all("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(settings_frame, 0, 0, {}));
  connected.release();
}

CriConnection::~CriConnection() { ::close(socket_); }

void CriConnection::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN && std::chrono::steady_clock::now() < deadline_) {
      pollfd wait{.fd = socket_, .events = POLLOUT, .revents = 0};
      ::poll(&wait, 1, 100);
    } else if (errno != EINTR) {
      throw Broken("the runtime hung up: " + text_of_errno(errno));
    }
  }
}

std::string CriConnection::receive(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    const ssize_t got = ::recv(socket_, bytes.data() + have, count - have, 0);
    if (got > 0) {
      have += static_cast<std::size_t>(got);
    } else if (got == 0) {
      throw Broken("the runtime hung up in the middle of its answer");
    } else if (errno == EAGAIN) {
      if (std::chrono::steady_clock::now() >= deadline_) {
        throw Broken("the runtime accepts connections but does not answer");
      }
      pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
      ::poll(&wait, 1, 100);
    } else if (errno != EINTR) {
      throw Broken("the runtime hung up: " + text_of_errno(errno));
    }
  }
  return bytes;
}

CriConnection::Frame CriConnection::read_frame() {
  const std::string header = receive(9);
  const std::uint32_t length = number_at(header, 0, 3);
  // 16384 is the largest frame a server may send to a client that asked for no more.
  if (length > 16384) throw Broken("the runtime does not speak HTTP/2");
  return {.type = static_cast<std::uint8_t>(header[3]),
          .flags = static_cast<std::uint8_t>(header[4]),
          .stream = number_at(header, 5, 4) & 0x7fffffffU,
          .payload = receive(length)};
}

// True when the stream has ended.
bool CriConnection::take_answer(const Frame& received, std::uint32_t stream, std::string& body) {
  const bool mine = received.stream == stream;
  switch (received.type) {
    case settings_frame:
      if ((received.flags & end_stream) == 0) send_all(frame(settings_frame, end_stream, 0, {}));
      return false;
    case ping_frame:
      if ((received.flags & end_stream) == 0) {
        send_all(frame(ping_frame, end_stream, 0, received.payload));
      }
      return false;
    case goaway_frame:
      throw Broken("the runtime refused the connection");
    case reset_frame:
      if (mine) throw Broken("the runtime broke off the call");
      return false;
    case data_frame: {
      if (!mine) return false;
      std::string_view payload = received.payload;
      if ((received.flags & padded_frame) != 0) {
        if (payload.empty()) throw Broken("the runtime does not speak HTTP/2");
        const auto padding = static_cast<unsigned char>(payload.front());
        payload.remove_prefix(1);
        if (padding > payload.size()) throw Broken("the runtime does not speak HTTP/2");
        payload.remove_suffix(padding);
      }
      body += payload;
      if (body.size() > most_response) throw Broken("the runtime's answer is too long");
      return (received.flags & end_stream) != 0;
    }
    case headers_frame:
      return mine && (received.flags & end_stream) != 0;
    default:
      return false;
  }
}

std::string CriConnection::call(std::string_view path) {
  const std::uint32_t stream = next_stream_;
  next_stream_ += 2;
  // An empty message: no compression, length 0.
  send_all(frame(headers_frame, end_headers, stream, request_headers(path)) +
           frame(data_frame, end_stream, stream, std::string(5, '\0')));
  std::string body;
  while (!take_answer(read_frame(), stream, body)) {
  }
  // A call that failed has trailers only; so does a CRI plugin that was not loaded.
  if (body.empty()) {
    throw Broken("the runtime answers, but not to " + std::string(path) +
                 ": its CRI plugin is not loaded");
  }
  if (body.size() < 5 || body[0] != '\0' || number_at(body, 1, 4) != body.size() - 5) {
    throw Broken("the runtime's answer is no gRPC message");
  }
  return body.substr(5);
}

RuntimeVersion CriConnection::version() {
  const ProtoFields fields = parse_proto(call("/runtime.v1.RuntimeService/Version"));
  return {.name = fields.text(2), .version = fields.text(3), .api_version = fields.text(4)};
}

std::vector<std::string> CriConnection::unmet_conditions() {
  const ProtoFields answer = parse_proto(call("/runtime.v1.RuntimeService/Status"));
  const ProtoFields status = parse_proto(answer.text(1));
  std::vector<std::string> unmet;
  const auto conditions = status.texts.equal_range(1);
  for (auto entry = conditions.first; entry != conditions.second; ++entry) {
    const ProtoFields condition = parse_proto(entry->second);
    const auto state = condition.numbers.find(2);
    if (state != condition.numbers.end() && state->second != 0) continue;
    unmet.push_back(condition.text(1) + ": " + condition.text(3) + " " + condition.text(4));
  }
  return unmet;
}

}  // namespace ingot::selftest
