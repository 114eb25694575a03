// SPDX-License-Identifier: Apache-2.0
#include "spec/option.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/fields.hpp"
#include "spec/parse.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

const Words<OptionType>& type_words() {
  static const Words<OptionType> words = {{"boolean", OptionType::boolean},
                                          {"choice", OptionType::choice},
                                          {"integer", OptionType::integer},
                                          {"string", OptionType::string}};
  return words;
}

void read_limits(Fields& fields, Option& option, Diagnostics& diagnostics) {
  if (option.type == OptionType::choice) {
    if (const Node* allowed = fields.required("allowed")) {
      read_list(*allowed, "allowed", diagnostics);
      for (Located& word : read_words(*allowed, "allowed", any_line, diagnostics)) {
        option.allowed.push_back(std::move(word.value));
      }
    }
  }
  if (option.type != OptionType::integer) return;
  const auto limit = [&](std::string_view key) -> std::optional<std::int64_t> {
    const Node* node = fields.optional(key);
    if (node == nullptr) return std::nullopt;
    return read_integer(*node, key, {}, diagnostics);
  };
  option.minimum = limit("minimum");
  option.maximum = limit("maximum");
  if (option.minimum && option.maximum && *option.minimum > *option.maximum) {
    diagnostics.add(
        {option.place, format("option '{}' has a minimum above its maximum", option.name), {}, {}});
    option.minimum.reset();
    option.maximum.reset();
  }
}

std::optional<Option> parse_option(const MapEntry& entry, Diagnostics& diagnostics) {
  Option option{.name = entry.key,
                .default_value = std::string{},
                .allowed = {},
                .minimum = {},
                .maximum = {},
                .description = {},
                .place = entry.key_place};
  const Located name{entry.key, entry.key_place};
  if (!option_name.accepts(entry.key)) refuse_syntax(name, option_name, diagnostics);
  Fields fields{entry.value, "option", diagnostics};
  const Node* type = fields.required("type");
  const Node* value = fields.required("default");
  if (const Node* text = fields.optional("description")) {
    option.description = read_text(*text, "description", diagnostics).value_or("");
  }
  const auto known =
      type == nullptr ? std::nullopt : read_enum(*type, "type", type_words(), diagnostics);
  if (!known) {
    // Whatever the type, these keys are not the fault.
    for (const std::string_view key : {"allowed", "minimum", "maximum"}) fields.optional(key);
    fields.finish();
    return std::nullopt;
  }
  option.type = *known;
  read_limits(fields, option, diagnostics);
  fields.finish();
  if (value == nullptr) return std::nullopt;
  const auto read = read_option_value(*value, option, diagnostics);
  if (read) option.default_value = *read;
  return option;
}

}  // namespace

std::string_view name_of(OptionType type) noexcept {
  switch (type) {
    case OptionType::boolean:
      return "boolean";
    case OptionType::integer:
      return "integer";
    case OptionType::string:
      return "string";
    case OptionType::choice:
      return "choice";
  }
  return "";
}

std::string text_of(const OptionValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const std::int64_t* number = std::get_if<std::int64_t>(&value))
    return std::to_string(*number);
  return std::get<std::string>(value);
}

std::string environment_name(std::string_view option) {
  std::string name = "INGOT_OPTION_";
  for (const char c : option) {
    if (c == '-') {
      name += '_';
    } else {
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return name;
}

std::map<std::string, Option> parse_options(const Node& node, Diagnostics& diagnostics) {
  std::map<std::string, Option> options;
  const Fields fields{node, "set of options", diagnostics};
  for (const MapEntry& entry : node.entries) {
    auto option = parse_option(entry, diagnostics);
    // A broken declaration still declares: uses of its name are no further faults.
    if (!option) {
      option = Option{.name = entry.key,
                      .default_value = std::string{},
                      .allowed = {},
                      .minimum = {},
                      .maximum = {},
                      .description = {},
                      .is_sound = false,
                      .place = entry.key_place};
    }
    options.emplace(entry.key, std::move(*option));
  }
  return options;
}

std::optional<OptionValue> read_option_value(const Node& node, const Option& option,
                                             Diagnostics& diagnostics) {
  if (!option.is_sound) return std::nullopt;
  const std::string& key = option.name;
  switch (option.type) {
    case OptionType::boolean:
      if (const auto flag = read_boolean(node, key, diagnostics)) return *flag;
      break;
    case OptionType::integer: {
      Range range;
      if (option.minimum) range.minimum = *option.minimum;
      if (option.maximum) range.maximum = *option.maximum;
      if (const auto number = read_integer(node, key, range, diagnostics)) return *number;
      break;
    }
    case OptionType::string:
      // An option may be off by being empty, unlike names and versions.
      if (node.kind == NodeKind::scalar && node.is_quoted && node.text.empty())
        return std::string{};
      if (const auto text = read_text(node, key, diagnostics)) return *text;
      break;
    case OptionType::choice: {
      const auto text = read_text(node, key, diagnostics);
      if (!text) break;
      if (const auto index =
              read_choice(node, "value of '" + key + "':", option.allowed, diagnostics)) {
        return option.allowed[*index];
      }
      break;
    }
  }
  return std::nullopt;
}

}  // namespace ingot::spec
