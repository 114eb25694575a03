// SPDX-License-Identifier: Apache-2.0
// Reads the TOML that containerd prints and that administrators write for it; no dates, no
// multi-line strings. What it does not know it refuses.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ingot::selftest {

class Toml;
using TomlTable = std::map<std::string, Toml, std::less<>>;
using TomlList = std::vector<Toml>;

class Toml {
public:
  Toml() : value_(TomlTable{}) {}
  template <class Value>
  requires(!std::is_same_v<std::remove_cvref_t<Value>, Toml>) explicit Toml(Value value)
      : value_(std::move(value)) {}

  const TomlTable* table() const { return std::get_if<TomlTable>(&value_); }
  TomlTable* table() { return std::get_if<TomlTable>(&value_); }
  const TomlList* list() const { return std::get_if<TomlList>(&value_); }
  TomlList* list() { return std::get_if<TomlList>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  const bool* flag() const { return std::get_if<bool>(&value_); }
  const std::int64_t* number() const { return std::get_if<std::int64_t>(&value_); }

  /// The value below this table, key by key; null when a key is missing.
  const Toml* find(std::initializer_list<std::string_view> keys) const;

private:
  std::variant<TomlTable, TomlList, std::string, bool, std::int64_t, double> value_;
};

/// Throws Broken with the line number.
Toml parse_toml(std::string_view text);

}  // namespace ingot::selftest
