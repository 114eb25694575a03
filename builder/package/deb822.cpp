// SPDX-License-Identifier: Apache-2.0
#include "package/deb822.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/fd.hpp"

namespace ingot::package {
namespace {

constexpr std::size_t first_buffer = 1U << 16;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool is_field_name(std::string_view name) {
  if (name.empty() || name.front() == '-' || name.front() == '#') return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 127; });
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

std::optional<std::string_view> Stanza::find(std::string_view name) const {
  for (const auto& [field, value] : fields_)
    if (same_name(field, name)) return value;
  return std::nullopt;
}

std::string_view Stanza::get_or_empty(std::string_view name) const {
  return find(name).value_or(std::string_view());
}

std::string_view Stanza::get(std::string_view name) const {
  if (const auto value = find(name)) return *value;
  throw Error(Fault::input, format("{}:{}: the stanza has no field '{}'", name_, line_, name));
}

StanzaReader::StanzaReader(Source source, std::string name, StanzaLimits limits)
    : source_(std::move(source)), name_(std::move(name)), limits_(limits), buffer_(first_buffer) {}

StanzaReader StanzaReader::of_file(const std::filesystem::path& path, StanzaLimits limits) {
  auto file = std::make_shared<os::Fd>(os::open_file(path, O_RDONLY));
  return {[file, path](std::span<std::uint8_t> buffer) {
            return os::read_some(file->get(), buffer, path);
          },
          path.string(), limits};
}

StanzaReader StanzaReader::of_text(std::string text, std::string name, StanzaLimits limits) {
  auto rest = std::make_shared<std::pair<std::string, std::size_t>>(std::move(text), 0);
  return {[rest](std::span<std::uint8_t> buffer) {
            const std::size_t count = std::min(buffer.size(), rest->first.size() - rest->second);
            std::memcpy(buffer.data(), rest->first.data() + rest->second, count);
            rest->second += count;
            return count;
          },
          std::move(name), limits};
}

void StanzaReader::refuse(std::string_view what) const {
  throw Error(Fault::input, format("{}:{}: {}", name_, line_, what));
}

// The view is good until the next call.
std::optional<std::string_view> StanzaReader::next_line() {
  std::size_t searched = 0;
  for (;;) {
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_ + searched);
    const auto to = buffer_.begin() + static_cast<std::ptrdiff_t>(end_);
    const auto newline = std::find(from, to, std::uint8_t{'\n'});
    const bool found = newline != to;
    if (found || (at_end_ && begin_ < end_)) {
      const char* start = reinterpret_cast<const char*>(buffer_.data()) + begin_;
      const auto stop = static_cast<std::size_t>(newline - buffer_.begin());
      std::string_view line(start, stop - begin_);
      begin_ = found ? stop + 1 : stop;
      ++line_;
      if (line.size() > limits_.line) refuse(format("a line of more than {} bytes", limits_.line));
      if (line.find('\0') != std::string_view::npos) refuse("a NUL byte");
      if (line.ends_with('\r')) line.remove_suffix(1);
      return line;
    }
    if (at_end_) return std::nullopt;
    searched = end_ - begin_;
    if (searched > limits_.line) {
      ++line_;
      refuse(format("a line of more than {} bytes", limits_.line));
    }
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), to, buffer_.begin());
    begin_ = 0;
    end_ = searched;
    if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    const std::size_t count = source_(std::span(buffer_).subspan(end_));
    end_ += count;
    at_end_ = count == 0;
  }
}

void StanzaReader::take_field(Stanza& stanza, std::string_view text, std::size_t& used) {
  used += text.size();
  if (used > limits_.stanza) refuse(format("a stanza of more than {} bytes", limits_.stanza));
  if (text.front() == ' ' || text.front() == '\t') {
    if (stanza.fields_.empty()) refuse("a continuation line without a field");
    std::string& value = stanza.fields_.back().second;
    value += '\n';
    value += text.substr(1);
    return;
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) refuse("neither a field nor a continuation line");
  const std::string_view name = text.substr(0, colon);
  if (!is_field_name(name)) refuse(format("'{}' is no field name", name));
  if (stanza.find(name)) refuse(format("field '{}' appears twice", name));
  if (stanza.fields_.size() == limits_.fields)
    refuse(format("a stanza of more than {} fields", limits_.fields));
  stanza.fields_.emplace_back(name, trimmed(text.substr(colon + 1)));
}

std::optional<Stanza> StanzaReader::next() {
  Stanza stanza;
  std::size_t used = 0;
  while (const auto line = next_line()) {
    if (is_blank(*line)) {
      if (stanza.fields_.empty()) continue;
      return stanza;
    }
    if (stanza.fields_.empty()) {
      stanza.line_ = line_;
      stanza.name_ = name_;
    }
    take_field(stanza, *line, used);
  }
  if (stanza.fields_.empty()) return std::nullopt;
  return stanza;
}

}  // namespace ingot::package
