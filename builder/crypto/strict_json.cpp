// SPDX-License-Identifier: Apache-2.0
#include "crypto/strict_json.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::crypto {
namespace {

using nlohmann::json;

/// Looks at every event before any value is built.
class Gate final : public nlohmann::json_sax<json> {
public:
  explicit Gate(const JsonLimits& limits) : limits_(limits) {}

  const std::string& reason() const noexcept { return reason_; }

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t& text) override {
    // An integer too large for 64 bits arrives as a rounded double.
    if (text.find_first_of(".eE") == string_t::npos) return refuse("a number out of range");
    return count();
  }
  bool string(string_t& text) override { return good(text) && count(); }
  bool binary(binary_t&) override { return refuse("binary content"); }
  bool start_object(std::size_t) override {
    keys_.emplace_back();
    return deeper() && count();
  }
  bool key(string_t& name) override {
    if (!good(name)) return false;
    if (!keys_.back().insert(name).second) {
      return refuse(format("the key '{}' twice", name.substr(0, 80)));
    }
    return count();
  }
  bool end_object() override {
    keys_.pop_back();
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return deeper() && count(); }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return refuse(format("a syntax error at byte {}", position));
  }

private:
  bool refuse(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
    return false;
  }
  bool count() {
    return ++values_ <= limits_.values || refuse(format("more than {} values", limits_.values));
  }
  bool deeper() {
    return ++depth_ <= limits_.depth || refuse(format("more than {} levels", limits_.depth));
  }
  bool good(const string_t& text) {
    return text.find('\0') == string_t::npos || refuse("a NUL character in a string");
  }

  const JsonLimits& limits_;
  std::string reason_;
  std::vector<std::set<std::string>> keys_;
  std::size_t depth_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

json parse_strict_json(std::string_view text, std::string_view what, const JsonLimits& limits) {
  const auto refuse = [&](std::string_view reason) {
    throw Error(Fault::verification, format("{} is refused: it holds {}", what, reason));
  };
  if (text.size() > limits.bytes) refuse(format("more than {} bytes", limits.bytes));
  if (text.substr(0, 3) == "\xef\xbb\xbf") refuse("a byte-order mark");
  // The parser would take a NUL for the end of the text.
  if (text.find('\0') != std::string_view::npos) refuse("a NUL byte");
  Gate gate(limits);
  if (!json::sax_parse(text, &gate)) refuse(gate.reason());
  return json::parse(text);
}

}  // namespace ingot::crypto
