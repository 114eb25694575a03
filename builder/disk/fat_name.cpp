// SPDX-License-Identifier: Apache-2.0
#include "disk/fat_name.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t units_per_record = 13;
constexpr std::uint8_t last_record = 0x40;
constexpr std::uint8_t long_name_attributes = 0x0f;

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool allowed_in_short(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'()-@^_`{}~").find(c) != std::string_view::npos;
}

struct Parts {
  std::string_view base;
  std::string_view extension;
};

Parts parts_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) {
    return {name, {}};
  }
  return {name.substr(0, dot), name.substr(dot + 1)};
}

ShortName packed(std::string_view base, std::string_view extension) {
  ShortName packed;
  packed.fill(' ');
  std::copy(base.begin(), base.end(), packed.begin());
  std::copy(extension.begin(), extension.end(), packed.begin() + 8);
  return packed;
}

std::optional<ShortName> exact_short_name(std::string_view name) {
  const auto [base, extension] = parts_of(name);
  const bool fits = !base.empty() && base.size() <= 8 && extension.size() <= 3 &&
                    (extension.empty() ? name.find('.') == std::string_view::npos : true) &&
                    std::all_of(base.begin(), base.end(), allowed_in_short) &&
                    std::all_of(extension.begin(), extension.end(), allowed_in_short);
  return fits ? std::optional(packed(base, extension)) : std::nullopt;
}

/// What a short form may keep of a part of the name.
std::string kept(std::string_view part, std::size_t limit) {
  std::string kept;
  for (const char c : part) {
    if (c == ' ' || c == '.' || kept.size() == limit) {
      continue;
    }
    kept += allowed_in_short(upper(c)) ? upper(c) : '_';
  }
  return kept;
}

}  // namespace

void check_fat_name(std::string_view name) {
  const bool possible = !name.empty() && name.size() <= 255 && name.back() != '.' &&
                        name.back() != ' ' && std::all_of(name.begin(), name.end(), [](char c) {
                          return c >= 0x20 && c < 0x7f &&
                                 std::string_view("\"*/:<>?\\|").find(c) == std::string_view::npos;
                        });
  if (!possible) {
    throw Error(Fault::input, format("'{}' cannot be a file name on the EFI system partition "
                                     "(ASCII, up to 255 characters, none of \"*/:<>?\\|, no dot "
                                     "or space at the end)",
                                     name));
  }
}

std::string folded(std::string_view name) {
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(), upper);
  return folded;
}

bool is_short_name(std::string_view name) { return exact_short_name(name).has_value(); }

ShortName short_name_for(std::string_view name, std::set<ShortName>& taken) {
  if (const auto exact = exact_short_name(folded(name)); exact && taken.insert(*exact).second) {
    return *exact;
  }
  const auto [base, extension] = parts_of(name);
  const std::string kept_extension = kept(extension, 3);
  for (unsigned number = 1; number < 1'000'000; ++number) {
    const std::string tail = format("~{}", number);
    const ShortName alias = packed(kept(base, 8 - tail.size()) + tail, kept_extension);
    if (taken.insert(alias).second) {
      return alias;
    }
  }
  throw Error(Fault::input, format("too many names like '{}' in one folder", name));
}

std::vector<std::uint8_t> long_name_records(std::string_view name, const ShortName& alias) {
  if (is_short_name(name)) {
    return {};
  }
  std::uint8_t sum = 0;
  for (const char c : alias) {
    sum = static_cast<std::uint8_t>(((sum & 1) << 7) + (sum >> 1) + static_cast<std::uint8_t>(c));
  }
  const std::size_t records = (name.size() + units_per_record - 1) / units_per_record;
  RecordWriter writer;
  // The record with the end of the name comes first.
  for (std::size_t record = records; record > 0; --record) {
    const auto unit = [&](std::size_t i) {
      const std::size_t at = (record - 1) * units_per_record + i;
      if (at < name.size()) {
        return static_cast<std::uint16_t>(static_cast<std::uint8_t>(name[at]));
      }
      return static_cast<std::uint16_t>(at == name.size() ? 0 : 0xffff);
    };
    writer.u8(static_cast<std::uint8_t>(record | (record == records ? last_record : 0)));
    for (std::size_t i = 0; i < 5; ++i) {
      writer.u16(unit(i));
    }
    writer.u8(long_name_attributes).u8(0).u8(sum);
    for (std::size_t i = 5; i < 11; ++i) {
      writer.u16(unit(i));
    }
    writer.u16(0);
    for (std::size_t i = 11; i < units_per_record; ++i) {
      writer.u16(unit(i));
    }
  }
  return std::move(writer.bytes());
}

}  // namespace ingot::disk
