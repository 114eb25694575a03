// SPDX-License-Identifier: Apache-2.0
#include "spec/substitution.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

constexpr std::string_view opening = "${";

/// A name found in a text; without end when its brace does not close.
struct Use {
  std::size_t begin = 0;
  std::size_t end = std::string_view::npos;
  std::string_view name;
};

std::optional<Use> next_use(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find(opening, from);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t close = text.find('}', begin);
  if (close == std::string_view::npos) return Use{begin, close, text.substr(begin)};
  const std::size_t name = begin + opening.size();
  return Use{begin, close + 1, text.substr(name, close - name)};
}

bool is_fact(std::string_view name) {
  const auto& names = fact_names();
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

const std::vector<std::string>& fact_names() {
  static const std::vector<std::string> names = {
      "driver.firmware",        "driver.flavour",        "driver.package-version",
      "driver.source",          "driver.source-package", "driver.source-version",
      "driver.version",         "image.architecture",    "image.name",
      "image.version",          "kernel.compiler",       "kernel.headers",
      "kernel.headers-version", "kernel.package",        "kernel.release",
      "kernel.version"};
  return names;
}

bool has_substitution(std::string_view text) noexcept {
  return text.find(opening) != std::string_view::npos;
}

void check_substitutions(const Located& text, const std::vector<std::string>& options,
                         Diagnostics& diagnostics) {
  std::vector<std::string> known = fact_names();
  for (const std::string& option : options) known.push_back("options." + option);
  for (auto use = next_use(text.value, 0); use; use = next_use(text.value, use->end)) {
    if (use->end == std::string_view::npos) {
      diagnostics.add({text.place, "'${' without its closing brace", {}, {}});
      return;
    }
    if (std::find(known.begin(), known.end(), use->name) != known.end()) continue;
    diagnostics.add({text.place, format("unknown substitution {}", in_quotes(use->name)),
                     joined(known, ", "), suggestion(use->name, known)});
  }
}

std::string substituted(const Located& text, const Facts& facts, Diagnostics& diagnostics) {
  std::string result;
  const std::string_view source = text.value;
  std::size_t done = 0;
  for (auto use = next_use(source, 0); use; use = next_use(source, done)) {
    if (use->end == std::string_view::npos) break;
    result += source.substr(done, use->begin - done);
    done = use->end;
    if (const auto value = facts.find(use->name); value != facts.end()) {
      result += value->second;
    } else if (is_fact(use->name)) {
      const std::string_view fact = use->name.substr(0, use->name.find('.'));
      diagnostics.add({text.place,
                       format("'{}' is used, but the image '{}' has no {}", use->name,
                              facts.contains("image.name") ? facts.at("image.name") : "", fact),
                       {},
                       format("give the image a {}, or leave the layer out", fact)});
    }
  }
  return result + std::string(source.substr(done));
}

}  // namespace ingot::spec
