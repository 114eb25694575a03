// SPDX-License-Identifier: Apache-2.0
#include "toml.hpp"

#include <charconv>
#include <optional>
#include <set>

#include "broken.hpp"

namespace ingot::selftest {

const Toml* Toml::find(std::initializer_list<std::string_view> keys) const {
  const Toml* here = this;
  for (const std::string_view key : keys) {
    const TomlTable* table = here->table();
    if (table == nullptr) return nullptr;
    const auto found = table->find(key);
    if (found == table->end()) return nullptr;
    here = &found->second;
  }
  return here;
}

namespace {

bool is_bare(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

class Reader {
public:
  explicit Reader(std::string_view text) : text_(text) {}

  Toml read() {
    Toml root;
    Toml* table = &root;
    for (skip_blank(); !at_end(); skip_blank()) {
      if (peek() == '[')
        table = &read_header(root);
      else
        read_assignment(*table);
      end_of_line();
    }
    return root;
  }

private:
  static constexpr int deepest = 32;

  [[noreturn]] void refuse(const std::string& what) const {
    throw Broken("line " + std::to_string(line_) + ": " + what);
  }
  bool at_end() const { return text_.empty(); }
  char peek() const { return at_end() ? '\0' : text_.front(); }
  char take() {
    if (at_end()) refuse("the text ends too early");
    const char letter = text_.front();
    text_.remove_prefix(1);
    if (letter == '\n') ++line_;
    return letter;
  }
  void expect(char letter) {
    if (peek() != letter || at_end()) refuse(std::string("'") + letter + "' is missing");
    take();
  }
  void skip_space() {
    while (peek() == ' ' || peek() == '\t') take();
  }
  void skip_comment() {
    skip_space();
    if (peek() != '#') return;
    while (!at_end() && peek() != '\n') take();
  }
  void skip_blank() {
    for (skip_comment(); peek() == '\n' || peek() == '\r'; skip_comment()) take();
  }
  void end_of_line() {
    skip_comment();
    if (peek() == '\r') take();
    if (!at_end() && peek() != '\n') refuse("there is more on the line than belongs there");
  }

  void append_code_point(std::string& out, int digits) {
    std::uint32_t point = 0;
    for (int i = 0; i < digits; ++i) {
      const char letter = take();
      std::uint32_t digit = 0;
      if (std::from_chars(&letter, &letter + 1, digit, 16).ec != std::errc{}) {
        refuse("a \\u escape needs hexadecimal digits");
      }
      point = point << 4U | digit;
    }
    const auto octet = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) {
      octet(point);
    } else if (point < 0x800) {
      octet(0xc0U | point >> 6U);
      octet(0x80U | (point & 0x3fU));
    } else if (point < 0x10000) {
      octet(0xe0U | point >> 12U);
      octet(0x80U | (point >> 6U & 0x3fU));
      octet(0x80U | (point & 0x3fU));
    } else if (point < 0x110000) {
      octet(0xf0U | point >> 18U);
      octet(0x80U | (point >> 12U & 0x3fU));
      octet(0x80U | (point >> 6U & 0x3fU));
      octet(0x80U | (point & 0x3fU));
    } else {
      refuse("a \\U escape is beyond Unicode");
    }
  }

  void append_escape(std::string& out) {
    switch (take()) {
      case 'b':
        out += '\b';
        return;
      case 't':
        out += '\t';
        return;
      case 'n':
        out += '\n';
        return;
      case 'f':
        out += '\f';
        return;
      case 'r':
        out += '\r';
        return;
      case '"':
        out += '"';
        return;
      case '\\':
        out += '\\';
        return;
      case 'u':
        append_code_point(out, 4);
        return;
      case 'U':
        append_code_point(out, 8);
        return;
      default:
        refuse("an escape that TOML does not know");
    }
  }

  std::string read_quoted() {
    const char quote = take();
    if (text_.starts_with(std::string(2, quote))) refuse("multi-line strings are not read here");
    std::string out;
    while (peek() != quote || at_end()) {
      const char letter = take();
      if (letter == '\n') refuse("a string is not closed");
      if (letter == '\\' && quote == '"')
        append_escape(out);
      else
        out += letter;
    }
    take();
    return out;
  }

  // An empty quoted string, which looks like the start of a multi-line one.
  bool take_empty_string() {
    for (const std::string_view empty : {"\"\"", "''"}) {
      if (text_.starts_with(empty) && !text_.substr(2).starts_with(empty.front())) {
        text_.remove_prefix(2);
        return true;
      }
    }
    return false;
  }

  std::string read_string() { return take_empty_string() ? std::string() : read_quoted(); }

  std::vector<std::string> read_key() {
    std::vector<std::string> key;
    for (;;) {
      skip_space();
      if (peek() == '"' || peek() == '\'') {
        key.push_back(read_string());
      } else {
        std::string part;
        while (is_bare(peek())) part += take();
        if (part.empty()) refuse("a key is missing");
        key.push_back(std::move(part));
      }
      skip_space();
      if (peek() != '.') return key;
      if (key.size() >= deepest) refuse("a key has too many parts");
      take();
    }
  }

  // The table below `from`; a list of tables stands for its last one.
  Toml& descend(Toml& from, const std::string& part) {
    TomlTable* table = from.table();
    if (table == nullptr) refuse("'" + part + "' is put into something that is no table");
    Toml& next = (*table)[part];
    if (TomlList* list = next.list(); list != nullptr) {
      if (list->empty() || list->back().table() == nullptr) {
        refuse("'" + part + "' is a list already");
      }
      return list->back();
    }
    if (next.table() == nullptr) refuse("'" + part + "' is a value already");
    return next;
  }

  Toml& read_header(Toml& root) {
    take();
    const bool many = peek() == '[';
    if (many) take();
    const auto key = read_key();
    expect(']');
    if (many) expect(']');
    Toml* table = &root;
    for (std::size_t i = 0; i + 1 < key.size(); ++i) table = &descend(*table, key[i]);
    if (many) {
      if (table->table() == nullptr) refuse("a table is put into something that is no table");
      auto& slot = table->table()->try_emplace(key.back(), TomlList{}).first->second;
      if (slot.list() == nullptr) refuse("'" + key.back() + "' is no list of tables");
      return slot.list()->emplace_back();
    }
    Toml& opened = descend(*table, key.back());
    if (!opened_.insert(&opened).second) refuse("table '" + key.back() + "' comes twice");
    return opened;
  }

  void read_assignment(Toml& table) {
    const auto key = read_key();
    expect('=');
    skip_space();
    Toml* place = &table;
    for (std::size_t i = 0; i + 1 < key.size(); ++i) place = &descend(*place, key[i]);
    if (place->table() == nullptr) refuse("a key is put into something that is no table");
    if (!place->table()->try_emplace(key.back(), read_value(0)).second) {
      refuse("key '" + key.back() + "' comes twice");
    }
  }

  Toml read_value(int depth) {
    if (depth > deepest) refuse("values are nested too deeply");
    const char letter = peek();
    if (letter == '"' || letter == '\'') return Toml(read_string());
    if (letter == '[') return read_list(depth);
    if (letter == '{') return read_inline_table(depth);
    std::string word;
    while (is_bare(peek()) || peek() == '+' || peek() == '.') word += take();
    if (word == "true") return Toml(true);
    if (word == "false") return Toml(false);
    return read_number(word);
  }

  Toml read_number(const std::string& word) const {
    std::string digits;
    for (const char letter : word) {
      if (letter != '_') digits += letter;
    }
    std::string_view plain = digits;
    if (plain.starts_with('+')) plain.remove_prefix(1);
    int base = 10;
    if (plain.starts_with("0x")) base = 16;
    if (plain.starts_with("0o")) base = 8;
    if (plain.starts_with("0b")) base = 2;
    if (base != 10) plain.remove_prefix(2);
    const char* end = plain.data() + plain.size();
    std::int64_t whole = 0;
    const auto read = std::from_chars(plain.data(), end, whole, base);
    if (!plain.empty() && read.ec == std::errc{} && read.ptr == end) return Toml(whole);
    double real = 0;
    const auto float_read = std::from_chars(plain.data(), end, real);
    if (!plain.empty() && base == 10 && float_read.ec == std::errc{} && float_read.ptr == end) {
      return Toml(real);
    }
    refuse(word.empty() ? "a value is missing" : "'" + word + "' is no value");
  }

  Toml read_list(int depth) {
    take();
    TomlList list;
    for (;;) {
      skip_blank();
      if (peek() == ']') break;
      list.push_back(read_value(depth + 1));
      skip_blank();
      if (peek() != ',') break;
      take();
    }
    expect(']');
    return Toml(std::move(list));
  }

  Toml read_inline_table(int depth) {
    take();
    Toml table;
    skip_space();
    while (peek() != '}' || at_end()) {
      const auto key = read_key();
      expect('=');
      skip_space();
      Toml* place = &table;
      for (std::size_t i = 0; i + 1 < key.size(); ++i) place = &descend(*place, key[i]);
      if (!place->table()->try_emplace(key.back(), read_value(depth + 1)).second) {
        refuse("key '" + key.back() + "' comes twice");
      }
      skip_space();
      if (peek() != ',') break;
      take();
      skip_space();
    }
    expect('}');
    return table;
  }

  std::string_view text_;
  int line_ = 1;
  std::set<const Toml*> opened_;  // std::map never moves its values, so addresses last
};

}  // namespace

Toml parse_toml(std::string_view text) { return Reader(text).read(); }

}  // namespace ingot::selftest
