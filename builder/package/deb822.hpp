// SPDX-License-Identifier: Apache-2.0
// Stanzas of "Field: value" lines, as in package indexes, Release files and dpkg's status.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingot::package {

/// The fields of one stanza. Names are compared without regard to case.
class Stanza {
public:
  /// Nothing when the field is absent. Lines of a folded value are separated by newlines, without
  /// the leading space of each.
  std::optional<std::string_view> find(std::string_view name) const;
  /// The value, or "" when absent.
  std::string_view get_or_empty(std::string_view name) const;
  /// The value; Fault::input when absent.
  std::string_view get(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string>>& fields() const noexcept {
    return fields_;
  }
  /// The line the stanza begins at, from 1.
  std::uint64_t line() const noexcept { return line_; }

private:
  friend class StanzaReader;
  std::vector<std::pair<std::string, std::string>> fields_;
  std::string name_;  ///< of the text, for messages
  std::uint64_t line_ = 0;
};

/// What a foreign text may use before it is refused.
struct StanzaLimits {
  std::size_t line = 1U << 20;
  std::size_t stanza = 8U << 20;
  std::size_t fields = 512;
};

/// Reads stanza by stanza with memory for one. Strict: every fault is Fault::input with the text's
/// name and line (a line without field, a field twice, a NUL, a bad field name, a limit exceeded).
class StanzaReader {
public:
  /// Gives the next bytes; 0 at the end.
  using Source = std::function<std::size_t(std::span<std::uint8_t> buffer)>;

  StanzaReader(Source source, std::string name, StanzaLimits limits = {});
  static StanzaReader of_file(const std::filesystem::path& path, StanzaLimits limits = {});
  static StanzaReader of_text(std::string text, std::string name, StanzaLimits limits = {});

  /// The next stanza, or nothing at the end.
  std::optional<Stanza> next();

private:
  std::optional<std::string_view> next_line();
  void take_field(Stanza& stanza, std::string_view text, std::size_t& used);
  [[noreturn]] void refuse(std::string_view what) const;

  Source source_;
  std::string name_;
  StanzaLimits limits_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool at_end_ = false;
  std::uint64_t line_ = 0;
};

}  // namespace ingot::package
