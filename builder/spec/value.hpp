// SPDX-License-Identifier: Apache-2.0
// From nodes to values: each reader adds a fault and gives nothing when the node does not fit.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "spec/diagnostic.hpp"
#include "spec/node.hpp"
#include "spec/syntax.hpp"

namespace ingot::spec {

/// One line of text that is not empty. A plain number or boolean is refused: it must be quoted.
std::optional<std::string> read_text(const Node& node, std::string_view key,
                                     Diagnostics& diagnostics);

/// Whether ${...} may stand in a text, whose syntax is then checked once it is replaced.
enum class Substitutions { refused, allowed };

/// Text that follows `syntax`.
std::optional<Located> read_word(const Node& node, std::string_view key, const Syntax& syntax,
                                 Diagnostics& diagnostics,
                                 Substitutions substitutions = Substitutions::refused);

/// Like read_word(), but the node must be in quotes: 1.10 and "1.10" are different versions.
std::optional<Located> read_quoted(const Node& node, std::string_view key, const Syntax& syntax,
                                   Diagnostics& diagnostics,
                                   Substitutions substitutions = Substitutions::refused);

/// Like read_word(), but takes the characters as they stand, whatever YAML would make of them.
std::optional<Located> read_verbatim(const Node& node, std::string_view key, const Syntax& syntax,
                                     Diagnostics& diagnostics);

/// A list of words, which may be empty; duplicates are faults.
std::vector<Located> read_words(const Node& node, std::string_view key, const Syntax& syntax,
                                Diagnostics& diagnostics,
                                Substitutions substitutions = Substitutions::refused);

std::optional<bool> read_boolean(const Node& node, std::string_view key, Diagnostics& diagnostics);

struct Range {
  std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
};

std::optional<std::int64_t> read_integer(const Node& node, std::string_view key, Range range,
                                         Diagnostics& diagnostics);

/// "512MiB": a number with B, KiB, MiB, GiB or TiB.
std::optional<Bytes> read_size(const Node& node, std::string_view key, Diagnostics& diagnostics);

/// The items of a list; none, and a fault, when it is no list or an empty one.
std::span<const Node> read_list(const Node& node, std::string_view key, Diagnostics& diagnostics);

/// The index of the word among `allowed`; the characters count as they stand, so that yes is a
/// word.
std::optional<std::size_t> read_choice(const Node& node, std::string_view key,
                                       const std::vector<std::string>& allowed,
                                       Diagnostics& diagnostics);

template <class Value>
using Words = std::vector<std::pair<std::string, Value>>;

template <class Value>
std::optional<Value> read_enum(const Node& node, std::string_view key, const Words<Value>& words,
                               Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) names.push_back(name);
  const auto index = read_choice(node, key, names, diagnostics);
  if (!index) return std::nullopt;
  return words[*index].second;
}

/// "did you mean 'x'?", or empty.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// Fault: `text` does not follow `syntax`.
void refuse_syntax(const Located& text, const Syntax& syntax, Diagnostics& diagnostics);

/// Fault for each item of `words` that appears before.
void refuse_duplicates(const std::vector<Located>& words, std::string_view what,
                       Diagnostics& diagnostics);

/// The number a plain text is, when it is one that fits.
std::optional<std::int64_t> integer_of(std::string_view text) noexcept;

}  // namespace ingot::spec
