// SPDX-License-Identifier: Apache-2.0
// Faults in definitions: where each is, what is allowed there, and all of them in one message.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::spec {

/// A place in a file. Line and column count from 1, columns in characters; line 0 is the file as
/// a whole.
struct Place {
  std::string file;  ///< relative to the project's folder
  int line = 0;
  int column = 0;
  int width = 1;  ///< characters that the caret line marks
  auto operator<=>(const Place&) const = default;
};

/// "layers/base/layer.yaml:14"; only the file for line 0.
std::string text_of(const Place& place);

/// A value with the place it was written at.
struct Located {
  std::string value;
  Place place;
  auto operator<=>(const Located&) const = default;
};

struct Diagnostic {
  Place place;
  std::string message;
  std::string allowed = {};  ///< allowed keys or values, separated by ", "; may be empty
  std::string help = {};     ///< what to do now; may be empty
  auto operator<=>(const Diagnostic&) const = default;
};

/// Collects faults, so that one run shows them all.
class Diagnostics {
public:
  /// The text of a file, for the lines that messages quote.
  void keep_source(const std::string& file, std::string_view text);

  void add(Diagnostic diagnostic);

  /// The same fault at the same place counts once.
  std::size_t count() const { return sorted().size(); }
  bool empty() const noexcept { return diagnostics_.empty(); }

  /// By file, line, column.
  std::vector<Diagnostic> sorted() const;

  /// All faults with their source lines, and a last line "N faults in M files"; empty without any.
  std::string render() const;

  /// Throws Error{Fault::input} with render() when there is any fault.
  void throw_if_any() const;

private:
  std::map<std::string, std::vector<std::string>> lines_;
  std::vector<Diagnostic> diagnostics_;
};

/// `text` in single quotes, shortened when very long: for messages.
std::string in_quotes(std::string_view text);

}  // namespace ingot::spec
