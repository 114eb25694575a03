// SPDX-License-Identifier: Apache-2.0
#include "spec/node.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/text_check.hpp"

namespace ingot::spec {
namespace {

constexpr std::size_t deepest = 32;

/// Ends the parse: thrown by our handler, through the YAML library, to parse_yaml().
struct Refusal {
  Diagnostic why;
};

/// Turns the library's marks into places.
class Lines {
public:
  Lines(std::string_view text, std::string file) : file_(std::move(file)) {
    while (true) {
      const std::size_t end = text.find('\n');
      lines_.push_back(text.substr(0, end));
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  Place place_of(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 0, 0};
    const std::string_view line = line_of(mark);
    const std::size_t bytes = std::min(static_cast<std::size_t>(mark.column), line.size());
    return {file_, mark.line + 1, static_cast<int>(length_of(line.substr(0, bytes))) + 1};
  }

  /// What the source has at the mark, up to the end of the line.
  std::string_view rest_at(const YAML::Mark& mark) const {
    if (mark.is_null()) return {};
    const std::string_view line = line_of(mark);
    return line.substr(std::min(static_cast<std::size_t>(mark.column), line.size()));
  }

private:
  std::string_view line_of(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(mark.line);
    return line < lines_.size() ? lines_[line] : std::string_view{};
  }

  std::string file_;
  std::vector<std::string_view> lines_;
};

/// Characters that a scalar takes in its source line, quotes included.
int width_of(std::string_view rest, std::string_view value) {
  if (rest.empty()) return 1;
  const char quote = rest.front();
  if (quote != '"' && quote != '\'') return std::max(1, static_cast<int>(length_of(value)));
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (quote == '"' && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == quote) {
      return static_cast<int>(length_of(rest.substr(0, i + 1)));
    }
  }
  return static_cast<int>(length_of(rest));
}

class TreeBuilder final : public YAML::EventHandler {
public:
  TreeBuilder(const Lines& lines, Diagnostics& diagnostics)
      : lines_(lines), diagnostics_(diagnostics) {}

  std::optional<Node> root;

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      refuse(lines_.place_of(mark), "more than one document in the file", "keep one '---' at most");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = accept(mark, "", anchor);
    add(Node{.kind = NodeKind::null, .text = {}, .place = place, .items = {}, .entries = {}});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(lines_.place_of(mark), "aliases are not allowed", "write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Place place = accept(mark, tag, anchor);
    const std::string_view rest = lines_.rest_at(mark);
    place.width = width_of(rest, value);
    add(Node{.kind = NodeKind::scalar,
             .text = value,
             .is_quoted = tag == "!",
             .place = std::move(place),
             .items = {},
             .entries = {}});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(NodeKind::list, accept(mark, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(NodeKind::map, accept(mark, tag, anchor));
  }
  void OnMapEnd() override { close(); }

private:
  struct Frame {
    Node node;
    std::optional<Node> key;
    std::set<std::string> keys;
  };

  [[noreturn]] static void refuse(Place place, std::string message, std::string help) {
    throw Refusal{{std::move(place), std::move(message), {}, std::move(help)}};
  }

  Place accept(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    Place place = lines_.place_of(mark);
    if (anchor != 0) refuse(place, "anchors are not allowed", "write the value out");
    const bool plain_tag = tag.empty() || tag == "?" || tag == "!";
    if (!plain_tag || lines_.rest_at(mark).starts_with('!')) {
      refuse(place, "tags are not allowed", "quote a value that must be text");
    }
    return place;
  }

  void open(NodeKind kind, Place place) {
    if (frames_.size() >= deepest) {
      refuse(std::move(place), format("nested deeper than {} levels", deepest), {});
    }
    frames_.push_back(
        {Node{.kind = kind, .text = {}, .place = std::move(place), .items = {}, .entries = {}},
         {},
         {}});
  }

  void close() {
    Node done = std::move(frames_.back().node);
    frames_.pop_back();
    add(std::move(done));
  }

  void add(Node node) {
    if (frames_.empty()) {
      root = std::move(node);
    } else if (Frame& top = frames_.back(); top.node.kind == NodeKind::list) {
      top.node.items.push_back(std::move(node));
    } else if (!top.key) {
      take_key(top, std::move(node));
    } else {
      add_entry(top, std::move(node));
    }
  }

  static void take_key(Frame& top, Node node) {
    if (node.kind != NodeKind::scalar) {
      refuse(node.place, format("a key must be a word, not {}", description_of(node)), {});
    }
    if (node.text == "<<" && !node.is_quoted) {
      refuse(node.place, "merge keys are not allowed", "write the keys out");
    }
    top.key = std::move(node);
  }

  void add_entry(Frame& top, Node node) {
    Node key = std::move(*top.key);
    top.key.reset();
    if (!top.keys.insert(key.text).second) {
      const auto first = std::find_if(top.node.entries.begin(), top.node.entries.end(),
                                      [&](const MapEntry& e) { return e.key == key.text; });
      diagnostics_.add({key.place,
                        format("duplicate key {}", in_quotes(key.text)),
                        {},
                        format("it is first given in line {}", first->key_place.line)});
      return;
    }
    // The library marks an empty value where the next token stands, which may be lines below.
    if (node.kind == NodeKind::null) node.place = key.place;
    top.node.entries.push_back({std::move(key.text), std::move(key.place), std::move(node)});
  }

  const Lines& lines_;
  Diagnostics& diagnostics_;
  std::vector<Frame> frames_;
  int documents_ = 0;
};

bool parse_events(std::string_view text, const Lines& lines, TreeBuilder& builder,
                  Diagnostics& diagnostics) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser{stream};
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const Refusal& refusal) {
    diagnostics.add(refusal.why);
  } catch (const YAML::Exception& fault) {
    const bool alias = fault.msg.find("anchor is not defined") != std::string::npos;
    diagnostics.add({lines.place_of(fault.mark),
                     alias ? "aliases are not allowed" : "not valid YAML: " + fault.msg,
                     {},
                     alias ? "write the value out" : ""});
  }
  return false;
}

}  // namespace

std::string description_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "nothing";
    case NodeKind::list:
      return "a list";
    case NodeKind::map:
      return "a map";
    case NodeKind::scalar:
      break;
  }
  if (!node.is_quoted && looks_like_boolean(node.text)) return "a boolean";
  if (!node.is_quoted && looks_like_number(node.text)) return "a number";
  return "text";
}

bool looks_like_boolean(std::string_view plain) noexcept {
  constexpr std::string_view words[] = {"true", "false", "yes", "no", "on", "off", "y", "n"};
  std::string lower;
  for (const char c : plain.substr(0, 6)) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

bool looks_like_number(std::string_view plain) noexcept {
  const auto all_of = [](std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
  };
  if (plain.starts_with('+') || plain.starts_with('-')) plain.remove_prefix(1);
  for (const std::string_view word : {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"}) {
    if (plain == word) return true;
  }
  if (plain.starts_with("0x")) return all_of(plain.substr(2), "0123456789abcdefABCDEF_");
  if (plain.starts_with("0o")) return all_of(plain.substr(2), "01234567");
  if (plain.empty() || plain.find_first_of("0123456789") == std::string_view::npos) return false;
  // YAML 1.1 also reads 1_000 and the sexagesimal 12:30:45 as numbers.
  std::string_view mantissa = plain;
  if (const std::size_t e = plain.find_first_of("eE"); e != std::string_view::npos) {
    mantissa = plain.substr(0, e);
    std::string_view exponent = plain.substr(e + 1);
    if (exponent.starts_with('+') || exponent.starts_with('-')) exponent.remove_prefix(1);
    if (!all_of(exponent, "0123456789")) return false;
  }
  return all_of(mantissa, "0123456789._:") &&
         std::count(mantissa.begin(), mantissa.end(), '.') <= 1;
}

std::optional<Node> parse_yaml(std::string_view text, const std::string& file,
                               Diagnostics& diagnostics) {
  if (text.size() > largest_definition) {
    diagnostics.add(
        {{file, 0, 0}, "the file is larger than 1 MiB", {}, "definitions are small text"});
    return std::nullopt;
  }
  diagnostics.keep_source(file, text);
  if (!check_text(text, file, diagnostics)) return std::nullopt;
  const Lines lines{text, file};
  TreeBuilder builder{lines, diagnostics};
  if (!parse_events(text, lines, builder, diagnostics)) return std::nullopt;
  if (!builder.root || builder.root->kind == NodeKind::null) {
    diagnostics.add({{file, 0, 0}, "the file is empty", {}, {}});
    return std::nullopt;
  }
  if (builder.root->kind != NodeKind::map) {
    diagnostics.add({builder.root->place,
                     format("expected keys with values, found {}", description_of(*builder.root)),
                     {},
                     {}});
    return std::nullopt;
  }
  return std::move(builder.root);
}

}  // namespace ingot::spec
