// SPDX-License-Identifier: Apache-2.0
#include "spec/value.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/substitution.hpp"
#include "spec/text_check.hpp"

namespace ingot::spec {
namespace {

void refuse_type(const Node& node, std::string_view key, std::string_view wanted, std::string help,
                 Diagnostics& diagnostics) {
  diagnostics.add({node.place,
                   format("'{}' must be {}, found {}", key, wanted, description_of(node)),
                   {},
                   std::move(help)});
}

bool is_one_line(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = read_character(text, code);
    if (length == 0 || is_forbidden(code) || code == '\n' || code == '\t') return false;
    text.remove_prefix(length);
  }
  return true;
}

/// The scalar's text when it is one line that is not empty.
std::optional<std::string> read_line(const Node& node, std::string_view key,
                                     Diagnostics& diagnostics) {
  if (node.kind != NodeKind::scalar) {
    refuse_type(node, key, "text", {}, diagnostics);
    return std::nullopt;
  }
  if (node.text.empty()) {
    diagnostics.add({node.place, format("'{}' is empty", key), {}, {}});
    return std::nullopt;
  }
  if (!is_one_line(node.text)) {
    diagnostics.add(
        {node.place, format("'{}' must be one line without control characters", key), {}, {}});
    return std::nullopt;
  }
  return node.text;
}

std::optional<Located> checked(std::optional<std::string> text, const Node& node,
                               const Syntax& syntax, Diagnostics& diagnostics,
                               Substitutions substitutions) {
  if (!text) return std::nullopt;
  Located word{std::move(*text), node.place};
  const bool later = substitutions == Substitutions::allowed && has_substitution(word.value);
  if (!later && !syntax.accepts(word.value)) {
    refuse_syntax(word, syntax, diagnostics);
    return std::nullopt;
  }
  return word;
}

}  // namespace

std::optional<std::string> read_text(const Node& node, std::string_view key,
                                     Diagnostics& diagnostics) {
  const bool ambiguous = node.kind == NodeKind::scalar && !node.is_quoted &&
                         (looks_like_boolean(node.text) || looks_like_number(node.text));
  if (ambiguous) {
    refuse_type(node, key, "text", format("put it in quotes: \"{}\"", node.text), diagnostics);
    return std::nullopt;
  }
  return read_line(node, key, diagnostics);
}

std::optional<Located> read_word(const Node& node, std::string_view key, const Syntax& syntax,
                                 Diagnostics& diagnostics, Substitutions substitutions) {
  return checked(read_text(node, key, diagnostics), node, syntax, diagnostics, substitutions);
}

std::optional<Located> read_quoted(const Node& node, std::string_view key, const Syntax& syntax,
                                   Diagnostics& diagnostics, Substitutions substitutions) {
  if (node.kind == NodeKind::scalar && !node.is_quoted) {
    diagnostics.add({node.place,
                     format("'{}' must be in quotes", key),
                     {},
                     format("write \"{}\", so that no reader takes it for a number", node.text)});
    return std::nullopt;
  }
  return read_word(node, key, syntax, diagnostics, substitutions);
}

std::optional<Located> read_verbatim(const Node& node, std::string_view key, const Syntax& syntax,
                                     Diagnostics& diagnostics) {
  return checked(read_line(node, key, diagnostics), node, syntax, diagnostics,
                 Substitutions::refused);
}

std::vector<Located> read_words(const Node& node, std::string_view key, const Syntax& syntax,
                                Diagnostics& diagnostics, Substitutions substitutions) {
  std::vector<Located> words;
  if (node.kind == NodeKind::list && node.items.empty()) return words;
  for (const Node& item : read_list(node, key, diagnostics)) {
    auto word = read_word(item, key, syntax, diagnostics, substitutions);
    if (word) words.push_back(std::move(*word));
  }
  refuse_duplicates(words, key, diagnostics);
  return words;
}

std::optional<bool> read_boolean(const Node& node, std::string_view key, Diagnostics& diagnostics) {
  if (node.kind == NodeKind::scalar && !node.is_quoted) {
    if (node.text == "true") return true;
    if (node.text == "false") return false;
  }
  const bool is_word = node.kind == NodeKind::scalar && !node.is_quoted;
  diagnostics.add({node.place,
                   format("'{}' must be true or false, found {}", key,
                          is_word ? in_quotes(node.text) : description_of(node)),
                   {},
                   {}});
  return std::nullopt;
}

std::optional<std::int64_t> integer_of(std::string_view text) noexcept {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_integer(const Node& node, std::string_view key, Range range,
                                         Diagnostics& diagnostics) {
  const bool plain = node.kind == NodeKind::scalar && !node.is_quoted;
  const auto value = plain ? integer_of(node.text) : std::nullopt;
  if (!value) {
    refuse_type(node, key, "a whole number", {}, diagnostics);
    return std::nullopt;
  }
  if (*value < range.minimum || *value > range.maximum) {
    constexpr Range all;
    const std::string least = range.minimum == all.minimum ? "any" : std::to_string(range.minimum);
    const std::string most = range.maximum == all.maximum ? "any" : std::to_string(range.maximum);
    diagnostics.add({node.place,
                     format("'{}' is out of range: {}", key, *value),
                     format("{} to {}", least, most),
                     {}});
    return std::nullopt;
  }
  return value;
}

std::optional<Bytes> read_size(const Node& node, std::string_view key, Diagnostics& diagnostics) {
  const auto refuse = [&](std::string message) {
    diagnostics.add({node.place, std::move(message), "a whole number with B, KiB, MiB, GiB or TiB",
                     "for example 512MiB"});
    return std::nullopt;
  };
  if (node.kind != NodeKind::scalar) {
    return refuse(format("'{}' must be a size, found {}", key, description_of(node)));
  }
  const std::string_view text = node.text;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = integer_of(text.substr(0, digits));
  const std::string_view unit = text.substr(digits);
  constexpr std::string_view units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  const auto found = std::find(std::begin(units), std::end(units), unit);
  if (!number || found == std::end(units)) {
    return refuse(format("'{}' must be a size, found {}", key, in_quotes(text)));
  }
  const auto shift = static_cast<unsigned>(10 * (found - std::begin(units)));
  const auto count = static_cast<std::uint64_t>(*number);
  if (count > std::uint64_t{std::numeric_limits<std::int64_t>::max()} >> shift) {
    return refuse(format("'{}' is too large: {}", key, text));
  }
  return Bytes{count << shift};
}

std::span<const Node> read_list(const Node& node, std::string_view key, Diagnostics& diagnostics) {
  if (node.kind != NodeKind::list) {
    refuse_type(node, key, "a list", format("write {}: [...], or one '- ' line for each", key),
                diagnostics);
    return {};
  }
  if (node.items.empty()) {
    diagnostics.add({node.place, format("'{}' is an empty list", key), {}, {}});
  }
  return node.items;
}

std::optional<std::size_t> read_choice(const Node& node, std::string_view key,
                                       const std::vector<std::string>& allowed,
                                       Diagnostics& diagnostics) {
  if (node.kind != NodeKind::scalar) {
    diagnostics.add({node.place,
                     format("'{}' must be one word, found {}", key, description_of(node)),
                     joined(allowed, ", "),
                     {}});
    return std::nullopt;
  }
  const auto found = std::find(allowed.begin(), allowed.end(), node.text);
  if (found == allowed.end()) {
    diagnostics.add({node.place, format("unknown {} {}", key, in_quotes(node.text)),
                     joined(allowed, ", "), suggestion(node.text, allowed)});
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - allowed.begin());
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? format("did you mean '{}'?", *near) : std::string{};
}

void refuse_syntax(const Located& text, const Syntax& syntax, Diagnostics& diagnostics) {
  diagnostics.add({text.place,
                   format("{} is not {}", in_quotes(text.value), syntax.what),
                   std::string(syntax.rule),
                   {}});
}

void refuse_duplicates(const std::vector<Located>& words, std::string_view what,
                       Diagnostics& diagnostics) {
  std::map<std::string_view, const Place*> seen;
  for (const Located& word : words) {
    const auto [first, is_new] = seen.emplace(word.value, &word.place);
    if (is_new) continue;
    diagnostics.add({word.place,
                     format("{} appears twice in '{}'", in_quotes(word.value), what),
                     {},
                     format("it is first given in line {}", first->second->line)});
  }
}

}  // namespace ingot::spec
