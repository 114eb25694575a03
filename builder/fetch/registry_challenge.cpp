// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_challenge.hpp"

#include <optional>

namespace ingot::fetch {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool ended() const noexcept { return at_ == text_.size(); }

  void skip(std::string_view marks) {
    while (!ended() && marks.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  bool take(char mark) {
    if (ended() || text_[at_] != mark) return false;
    ++at_;
    return true;
  }

  /// RFC 9110, 5.6.2; empty when there is none.
  std::string_view token() {
    const std::size_t start = at_;
    while (!ended() && is_token(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  /// A quoted string, nothing when that has no end; or all up to a comma: some servers forget the
  /// quotes around what is no token.
  std::optional<std::string> value() {
    if (!take('"')) {
      const std::size_t start = at_;
      while (!ended() && text_[at_] != ',' && text_[at_] != ' ' && text_[at_] != '\t') ++at_;
      return std::string(text_.substr(start, at_ - start));
    }
    std::string result;
    while (!ended()) {
      char c = text_[at_++];
      if (c == '"') return result;
      if (c == '\\' && !ended()) c = text_[at_++];
      result += c;
    }
    return std::nullopt;
  }

private:
  static bool is_token(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~/").find(c) != std::string_view::npos;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Scanner scanner(header);
  for (;;) {
    scanner.skip(" \t,");
    const std::string_view word = scanner.token();
    if (word.empty()) return challenges;
    scanner.skip(" \t");
    if (!scanner.take('=')) {
      challenges.push_back({.scheme = lower(word), .parameters = {}});
      continue;
    }
    // Further signs of equality end the credentials of schemes that we do not know.
    scanner.skip("= \t");
    const std::optional<std::string> value = scanner.value();
    if (!value || challenges.empty()) return challenges;
    challenges.back().parameters.emplace(lower(word), *value);
  }
}

}  // namespace ingot::fetch
