// SPDX-License-Identifier: Apache-2.0
#include "spec/diagnostic.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/text_check.hpp"

namespace ingot::spec {
namespace {

constexpr std::size_t widest_line = 160;
constexpr std::size_t shown_before = 60;

/// Bytes that the first `characters` characters of `text` take.
std::size_t bytes_of(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  while (at < text.size() && characters > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) ++at;
    --characters;
  }
  return at;
}

/// Tabs would move the caret, and what was refused must not reach a terminal.
std::string printable(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = read_character(text, code);
    if (length == 0) {
      safe += '?';
    } else if (is_forbidden(code) || code == '\t' || code == '\n') {
      safe += ' ';
    } else {
      safe += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return safe;
}

std::string snippet(std::string_view line, const Place& place) {
  std::size_t before = static_cast<std::size_t>(std::max(place.column, 1)) - 1;
  std::string shown{line};
  if (length_of(line) > widest_line) {
    const std::size_t cut = before > shown_before ? before - shown_before : 0;
    shown = line.substr(bytes_of(line, cut));
    before -= cut;
    shown.resize(bytes_of(shown, widest_line));
  }
  const std::string safe = printable(shown);
  const std::size_t length = length_of(safe);
  const std::size_t left = length > before ? length - before : 1;
  const std::size_t width = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::max(place.width, 1)), 1, std::max<std::size_t>(left, 1));
  return format("{:>5} | {}\n      | {}{}\n", place.line, safe, std::string(before, ' '),
                std::string(width, '^'));
}

auto order_of(const Diagnostic& d) { return std::tie(d.place.file, d.place.line, d.place.column); }

}  // namespace

std::string text_of(const Place& place) {
  return place.line == 0 ? place.file : format("{}:{}", place.file, place.line);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (length_of(text) <= longest) return format("'{}'", printable(text));
  return format("'{}...'", printable(text.substr(0, bytes_of(text, longest))));
}

void Diagnostics::keep_source(const std::string& file, std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  for (std::string& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
  }
  lines_[file] = std::move(lines);
}

void Diagnostics::add(Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> all = diagnostics_;
  std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return order_of(a) < order_of(b);
  });
  std::set<std::pair<Place, std::string>> seen;
  std::erase_if(all, [&](const Diagnostic& d) { return !seen.emplace(d.place, d.message).second; });
  return all;
}

std::string Diagnostics::render() const {
  const std::vector<Diagnostic> all = sorted();
  if (all.empty()) return {};
  std::string text;
  std::set<std::string> files;
  for (const Diagnostic& fault : all) {
    const Place& place = fault.place;
    files.insert(place.file);
    text += place.file;
    if (place.line > 0) text += format(":{}:{}", place.line, place.column);
    text += format(": error: {}\n", fault.message);
    const auto source = lines_.find(place.file);
    const std::size_t line = static_cast<std::size_t>(std::max(place.line, 0));
    if (source != lines_.end() && line > 0 && line <= source->second.size()) {
      text += snippet(source->second[line - 1], place);
    }
    if (!fault.allowed.empty()) text += format("  allowed: {}\n", fault.allowed);
    if (!fault.help.empty()) text += format("  help: {}\n", fault.help);
  }
  text += format("{} fault{} in {} file{}", all.size(), all.size() == 1 ? "" : "s", files.size(),
                 files.size() == 1 ? "" : "s");
  return text;
}

void Diagnostics::throw_if_any() const {
  if (!empty()) throw Error(Fault::input, render());
}

}  // namespace ingot::spec
