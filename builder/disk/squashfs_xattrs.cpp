// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_xattrs.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/little_endian.hpp"

namespace ingot::disk {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 3> prefixes{
    {{"user.", 0}, {"trusted.", 1}, {"security.", 2}}};

struct Name {
  std::uint16_t type = 0;
  std::string_view rest;
};

std::optional<Name> name_of(std::string_view name) {
  for (const auto& [prefix, type] : prefixes)
    if (name.starts_with(prefix)) return Name{type, name.substr(prefix.size())};
  return std::nullopt;
}

}  // namespace

std::uint32_t SquashfsXattrs::add(const std::map<std::string, std::string>& xattrs) {
  RecordWriter record;
  std::uint32_t count = 0;
  std::size_t size = 0;
  for (const auto& [full, value] : xattrs) {
    const auto name = name_of(full);
    if (!name) continue;
    record.u16(name->type).u16(static_cast<std::uint16_t>(name->rest.size())).text(name->rest);
    record.u32(static_cast<std::uint32_t>(value.size())).text(value);
    ++count;
    size += full.size() + 1 + value.size();
  }
  if (count == 0) return none;
  const auto number = static_cast<std::uint32_t>(sets_.size());
  const auto [set, fresh] =
      known_.try_emplace(std::string(record.bytes().begin(), record.bytes().end()), number);
  if (fresh) {
    sets_.push_back({pairs_.place().reference(), count, static_cast<std::uint32_t>(size)});
    pairs_.append(record.bytes());
  }
  return set->second;
}

SquashfsXattrs::Table SquashfsXattrs::finish(std::uint64_t start) {
  Table table{pairs_.finish(), 0};
  SquashfsMetadata rows(level_);
  for (const Set& set : sets_) {
    RecordWriter row;
    row.u64(set.reference).u32(set.count).u32(set.size);
    rows.append(row.bytes());
  }
  const std::uint64_t rows_start = start + table.bytes.size();
  const std::vector<std::uint8_t>& packed = rows.finish();
  table.bytes.insert(table.bytes.end(), packed.begin(), packed.end());
  table.head = start + table.bytes.size();
  RecordWriter head;
  head.u64(start).u32(static_cast<std::uint32_t>(sets_.size())).u32(0);
  for (const std::uint64_t block : rows.blocks()) head.u64(rows_start + block);
  table.bytes.insert(table.bytes.end(), head.bytes().begin(), head.bytes().end());
  return table;
}

}  // namespace ingot::disk
