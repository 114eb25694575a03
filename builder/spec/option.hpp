// SPDX-License-Identifier: Apache-2.0
// What a layer lets an image choose: declared options and their values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "spec/diagnostic.hpp"

namespace ingot::spec {

enum class OptionType { boolean, integer, string, choice };

std::string_view name_of(OptionType type) noexcept;

/// Choices are strings.
using OptionValue = std::variant<bool, std::int64_t, std::string>;

/// "true", "3", the string itself: as scripts and substitutions see it.
std::string text_of(const OptionValue& value);

struct Option {
  std::string name;
  OptionType type = OptionType::string;
  OptionValue default_value;
  std::vector<std::string> allowed;  ///< of a choice
  std::optional<std::int64_t> minimum;
  std::optional<std::int64_t> maximum;
  std::string description;
  bool is_sound = true;  ///< false: its declaration has faults, and no value is judged by it
  Place place;
};

/// The environment variable that carries an option to scripts: "cri-socket" gives
/// "INGOT_OPTION_CRI_SOCKET".
std::string environment_name(std::string_view option);

}  // namespace ingot::spec
