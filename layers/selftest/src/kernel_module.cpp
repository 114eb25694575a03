// SPDX-License-Identifier: Apache-2.0
#include "kernel_module.hpp"

#include <algorithm>
#include <cstdint>

#include "broken.hpp"
#include "elf.hpp"
#include "little_endian.hpp"

namespace ingot::selftest {

namespace {

std::string_view view_of(Octets bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

void refuse_compressed(Octets file) {
  const std::string_view text = view_of(file);
  using std::string_view_literals::operator""sv;
  if (text.starts_with("\xfd\x37zXZ\0"sv) || text.starts_with("\x28\xb5\x2f\xfd"sv) ||
      text.starts_with("\x1f\x8b"sv)) {
    throw Broken("is compressed; driver modules of an image are plain .ko files");
  }
}

}  // namespace

ModuleInfo module_info(Octets file) {
  refuse_compressed(file);
  const auto section = section_of(file, ".modinfo");
  if (!section) throw Broken("has no .modinfo section; it is no kernel module");
  ModuleInfo info;
  std::string_view text = view_of(*section);
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    const std::string_view record = text.substr(0, end);
    const auto equals = record.find('=');
    if (equals != std::string_view::npos) {
      info.emplace(record.substr(0, equals), record.substr(equals + 1));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return info;
}

std::optional<SignedModule> signed_module(Octets file) {
  // include/linux/module_signature.h: struct of 12 bytes (id_type at 2, big-endian sig_len at 8),
  // then the marker.
  constexpr std::string_view marker = "~Module signature appended~\n";
  constexpr std::size_t record_size = 12;
  constexpr int pkcs7 = 2;
  const std::string_view text = view_of(file);
  if (!text.ends_with(marker)) return std::nullopt;
  const Octets rest = file.first(file.size() - marker.size());
  if (rest.size() < record_size) throw Broken("has a damaged signature trailer");
  const Octets record = rest.last(record_size);
  if (std::to_integer<int>(record[2]) != pkcs7) {
    throw Broken("has a signature that is not PKCS#7");
  }
  std::size_t length = 0;
  for (std::size_t i = 8; i < record_size; ++i) {
    length = length << 8U | std::to_integer<std::size_t>(record[i]);
  }
  const Octets before = rest.first(rest.size() - record_size);
  if (length == 0 || length >= before.size()) throw Broken("has a damaged signature trailer");
  return SignedModule{.content = before.first(before.size() - length),
                      .signature = before.last(length)};
}

std::string module_name(std::string_view file_name) {
  const auto slash = file_name.rfind('/');
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  const auto suffix = file_name.find(".ko");
  std::string name(file_name.substr(0, suffix));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::map<std::string, IndexedModule> parse_modules_dep(std::string_view text) {
  std::map<std::string, IndexedModule> index;
  for (const std::string& line : lines_of(text)) {
    if (trimmed(line).empty()) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0) {
      throw Broken("modules.dep has a line without a module: '" + line.substr(0, 80) + "'");
    }
    IndexedModule module{.path = line.substr(0, colon),
                         .dependencies = words_of(std::string_view(line).substr(colon + 1))};
    index.emplace(module_name(module.path), std::move(module));
  }
  return index;
}

}  // namespace ingot::selftest
