// SPDX-License-Identifier: Apache-2.0
// A terminal that understands what ours is sent, to ask what a person sees. Columns are bytes.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::test {

class TinyTerminal {
public:
  explicit TinyTerminal(std::size_t columns) : columns_(columns) {}

  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      if (bytes.starts_with("\x1b[")) {
        const std::size_t end = bytes.find_first_not_of("0123456789;", 2);
        if (end == std::string_view::npos) return;
        steer(bytes[end], std::string(bytes.substr(2, end - 2)));
        bytes.remove_prefix(end + 1);
        continue;
      }
      put(bytes.front());
      bytes.remove_prefix(1);
    }
  }

  /// Without the blanks at the ends of lines.
  std::vector<std::string> lines() const {
    std::vector<std::string> lines = lines_;
    for (std::string& line : lines) line.erase(line.find_last_not_of(' ') + 1);
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
  }
  std::size_t row() const { return row_; }
  std::size_t column() const { return column_; }
  std::string unknown() const { return unknown_; }

private:
  void steer(char what, const std::string& number) {
    const std::size_t count = number.empty() ? 1 : std::strtoul(number.c_str(), nullptr, 10);
    if (what == 'A') {
      row_ -= count < row_ ? count : row_;
    } else if (what == 'K') {
      if (line().size() > column_) line().resize(column_);
    } else if (what == 'J') {
      if (line().size() > column_) line().resize(column_);
      lines_.resize(row_ + 1);
    } else if (what != 'm') {
      unknown_ += what;
    }
  }

  void put(char byte) {
    if (byte == '\n' || (byte != '\r' && column_ == columns_)) {
      ++row_;
      column_ = 0;
    }
    if (byte == '\r') column_ = 0;
    if (byte == '\r' || byte == '\n') return;
    if (line().size() <= column_) line().resize(column_ + 1, ' ');
    line()[column_++] = byte;
  }

  std::string& line() {
    if (lines_.size() <= row_) lines_.resize(row_ + 1);
    return lines_[row_];
  }

  std::size_t columns_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::vector<std::string> lines_;
  std::string unknown_;
};

}  // namespace ingot::test
