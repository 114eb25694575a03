// SPDX-License-Identifier: Apache-2.0
// OpenPGP packets as RFC 4880 lays them out, as far as keys and their lifetimes need.
#include "package/keyring.hpp"

#include "base/error.hpp"
#include "crypto/key_fingerprint.hpp"

namespace ingot::package {
namespace {

constexpr unsigned signature_tag = 2;
constexpr unsigned key_tag = 6;
constexpr unsigned subkey_tag = 14;
constexpr unsigned key_version = 4;

/// Reads numbers and pieces from the front; Fault::input at a premature end.
class Bytestream {
public:
  explicit Bytestream(std::string_view bytes) : bytes_(bytes) {}
  bool empty() const noexcept { return bytes_.empty(); }
  std::string_view rest() const noexcept { return bytes_; }

  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size())
      throw Error(Fault::input, "a keyring ends in the middle of a packet");
    const std::string_view piece = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return piece;
  }
  std::uint32_t number(unsigned width) {
    std::uint32_t value = 0;
    for (const char c : take(width)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  /// Lengths of new packets (4.2.2) and of subpackets (5.2.3.1).
  std::uint32_t length() {
    const std::uint32_t first = number(1);
    if (first < 192) return first;
    if (first < 224) return ((first - 192) << 8) + number(1) + 192;
    if (first == 255) return number(4);
    throw Error(Fault::input, "a keyring holds a packet of unknown length");
  }

private:
  std::string_view bytes_;
};

struct Packet {
  unsigned tag = 0;
  std::string_view body;
};

Packet next_packet(Bytestream& bytes) {
  const std::uint32_t head = bytes.number(1);
  if ((head & 0x80) == 0) throw Error(Fault::input, "these bytes are no OpenPGP keyring");
  if ((head & 0x40) != 0) {
    const std::uint32_t length = bytes.length();
    return {head & 0x3F, bytes.take(length)};
  }
  constexpr unsigned widths[] = {1, 2, 4};
  if ((head & 3) == 3) throw Error(Fault::input, "a keyring holds a packet of unknown length");
  const std::uint32_t length = bytes.number(widths[head & 3]);
  return {(head >> 2) & 0x0F, bytes.take(length)};
}

struct Lifetime {
  std::uint32_t made = 0;     ///< when the signature was
  std::uint32_t seconds = 0;  ///< 0: for ever
};

/// What a self-signature says of its key's lifetime; nothing for other signatures.
std::optional<Lifetime> lifetime_in(std::string_view body) {
  Bytestream signature(body);
  if (signature.number(1) != key_version) return std::nullopt;
  const std::uint32_t type = signature.number(1);
  // Certifications of user ids, direct signatures on keys, bindings of subkeys.
  if ((type < 0x10 || type > 0x13) && type != 0x1F && type != 0x18) return std::nullopt;
  signature.take(2);
  Bytestream hashed(signature.take(signature.number(2)));
  Lifetime found;
  while (!hashed.empty()) {
    const std::uint32_t length = hashed.length();
    Bytestream field(hashed.take(length));
    if (field.empty()) continue;
    const std::uint32_t kind = field.number(1) & 0x7F;
    if (kind == 2) found.made = field.number(4);
    if (kind == 9) found.seconds = field.number(4);
  }
  return found;
}

/// The number of the key that made the signature, from its issuer fields.
std::string issuer_of(std::string_view body) {
  Bytestream signature(body);
  signature.take(4);
  for (int part = 0; part < 2; ++part) {
    Bytestream fields(signature.take(signature.number(2)));
    while (!fields.empty()) {
      Bytestream field(fields.take(fields.length()));
      if (field.empty()) continue;
      const std::uint32_t kind = field.number(1) & 0x7F;
      if (kind == 16) return std::string(field.take(8));
    }
  }
  return {};
}

std::string key_number(std::string_view fingerprint) {
  std::string number;
  const std::string_view last = fingerprint.substr(fingerprint.size() - 16);
  for (std::size_t i = 0; i < last.size(); i += 2)
    number += static_cast<char>(std::stoi(std::string(last.substr(i, 2)), nullptr, 16));
  return number;
}

}  // namespace

std::vector<KeyringKey> keyring_keys(std::string_view bytes) {
  Bytestream stream(bytes);
  std::vector<KeyringKey> keys;
  std::string primary;  // whose signatures count
  bool known = false;   // the current key is one we list
  std::uint32_t newest = 0;
  while (!stream.empty()) {
    const Packet packet = next_packet(stream);
    if (packet.tag == key_tag || packet.tag == subkey_tag) {
      Bytestream key(packet.body);
      known = key.number(1) == key_version;
      newest = 0;
      if (packet.tag == key_tag) primary.clear();
      if (!known) continue;
      const std::string fingerprint = crypto::key_fingerprint(packet.body);
      if (packet.tag == key_tag) primary = key_number(fingerprint);
      keys.push_back({fingerprint, packet.tag == key_tag, key.number(4), {}});
      continue;
    }
    if (packet.tag != signature_tag || !known) continue;
    const auto lifetime = lifetime_in(packet.body);
    if (!lifetime || lifetime->made < newest || issuer_of(packet.body) != primary ||
        primary.empty())
      continue;
    newest = lifetime->made;
    KeyringKey& key = keys.back();
    key.expires.reset();
    if (lifetime->seconds != 0) key.expires = key.created + lifetime->seconds;
  }
  if (keys.empty()) throw Error(Fault::input, "the keyring holds no OpenPGP public key");
  return keys;
}

}  // namespace ingot::package
