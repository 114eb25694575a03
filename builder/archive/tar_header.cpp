// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_header.hpp"

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

// POSIX.1-2017, pax, "ustar Interchange Format".
struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field name{0, 100}, mode{100, 8}, uid{108, 8}, gid{116, 8}, size{124, 12}, mtime{136, 12},
    checksum{148, 8}, type{156, 1}, link_name{157, 100}, magic{257, 8}, device_major{329, 8},
    device_minor{337, 8};

/// One less than what an octal field with its terminator can hold.
constexpr std::uint64_t largest(Field field) { return (1ULL << (3 * (field.size - 1))) - 1; }

void put(std::string& block, Field field, std::string_view text) {
  block.replace(field.offset, std::min(text.size(), field.size), text.substr(0, field.size));
}

void put_number(std::string& block, Field field, std::uint64_t value) {
  put(block, field, format("{:0{}o}", value, field.size - 1));
}

/// "LENGTH KEY=VALUE\n", where the length counts its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest;
  while (length != rest + std::to_string(length).size()) {
    length = rest + std::to_string(length).size();
  }
  return format("{} {}={}\n", length, key, value);
}

std::string block_of(const TarHeader& header) {
  std::string block(tar_block, '\0');
  const auto fitting = [](std::uint64_t value, Field field) {
    return value <= largest(field) ? value : 0;
  };
  put(block, name, header.path);
  put_number(block, mode, header.mode);
  put_number(block, uid, fitting(header.uid, uid));
  put_number(block, gid, fitting(header.gid, gid));
  put_number(block, size, fitting(header.size, size));
  const std::uint64_t seconds = header.mtime < 0 ? 0 : static_cast<std::uint64_t>(header.mtime);
  put_number(block, mtime, fitting(seconds, mtime));
  put(block, type, std::string_view(&header.type, 1));
  put(block, link_name, header.link_path);
  put(block, magic,
      std::string_view("ustar\0"
                       "00",
                       8));
  if (header.type == '3' || header.type == '4') {
    put_number(block, device_major, header.device_major);
    put_number(block, device_minor, header.device_minor);
  }
  put(block, checksum, "        ");
  std::uint64_t sum = 0;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  put(block, checksum, std::string_view(format("{:06o}", sum)));
  block[checksum.offset + 6] = '\0';
  return block;
}

std::map<std::string, std::string> pax_records_of(const TarHeader& header) {
  std::map<std::string, std::string> records;
  if (header.path.size() > name.size) records["path"] = header.path;
  if (header.link_path.size() > link_name.size) records["linkpath"] = header.link_path;
  if (header.uid > largest(uid)) records["uid"] = std::to_string(header.uid);
  if (header.gid > largest(gid)) records["gid"] = std::to_string(header.gid);
  if (header.size > largest(size)) records["size"] = std::to_string(header.size);
  if (header.mtime < 0 || static_cast<std::uint64_t>(header.mtime) > largest(mtime)) {
    records["mtime"] = std::to_string(header.mtime);
  }
  for (const auto& [key, value] : header.xattrs) records["SCHILY.xattr." + key] = value;
  for (const auto& [key, value] : header.records) records[key] = value;
  return records;
}

}  // namespace

char tar_type_of(os::FileKind kind, std::string_view path) {
  switch (kind) {
    case os::FileKind::regular:
      return '0';
    case os::FileKind::link:
      return '2';
    case os::FileKind::character_device:
      return '3';
    case os::FileKind::block_device:
      return '4';
    case os::FileKind::folder:
      return '5';
    case os::FileKind::fifo:
      return '6';
    case os::FileKind::socket:
      break;
  }
  throw Error(Fault::unsupported, format("{} is a socket; tar cannot hold it", path));
}

std::string tar_name_of(os::FileKind kind, std::string_view path) {
  if (path == ".") return "./";
  std::string name(path);
  if (kind == os::FileKind::folder) name += '/';
  return name;
}

std::string encoded(const TarHeader& header) {
  if (header.device_major > largest(device_major) || header.device_minor > largest(device_minor)) {
    throw Error(Fault::unsupported,
                format("the device numbers of {} do not fit into a tar archive", header.path));
  }
  std::string content;
  for (const auto& [key, value] : pax_records_of(header)) content += pax_record(key, value);
  if (content.empty()) return block_of(header);
  std::string_view base = header.path;
  while (base.ends_with('/')) base.remove_suffix(1);
  base = base.substr(base.rfind('/') + 1).substr(0, 80);
  TarHeader pax;
  pax.path = format("PaxHeaders/{}", base);
  pax.type = 'x';
  pax.mode = 0644;
  pax.size = content.size();
  pax.mtime = header.mtime;
  content.resize(round_up(content.size(), tar_block), '\0');
  return block_of(pax) + content + block_of(header);
}

}  // namespace ingot::archive
