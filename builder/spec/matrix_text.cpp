// SPDX-License-Identifier: Apache-2.0
#include "base/format.hpp"
#include "spec/matrix.hpp"
#include "spec/scalar.hpp"

namespace ingot::spec {
namespace {

std::string optional_line(std::string_view indent, std::string_view key, const std::string& text) {
  return text.empty() ? std::string() : format("{}{}: {}\n", indent, key, quoted_scalar(text));
}

std::string text_of(const FoundPair& found) {
  std::string text = format("    found:\n      builds: {}\n      boots: {}\n",
                            name_of(found.builds), name_of(found.boots));
  constexpr std::string_view indent = "      ";
  text += optional_line(indent, "kernel", found.kernel);
  text += optional_line(indent, "driver", found.driver);
  text += optional_line(indent, "compiler", found.compiler);
  return text + optional_line(indent, "error", found.error);
}

std::string text_of(const Pair& pair) {
  constexpr std::string_view indent = "    ";
  std::string text =
      format("  - kernel: {}\n    driver: {}\n    flavour: {}\n", scalar(pair.kernel.value),
             quoted_scalar(pair.driver.value), name_of(pair.flavour));
  if (!pair.patches) text += "    patches: no\n";
  if (!pair.image.value.empty()) text += format("    image: {}\n", scalar(pair.image.value));
  text += format("    builds: {}\n    boots: {}\n", name_of(pair.builds), name_of(pair.boots));
  text += optional_line(indent, "reason", pair.reason);
  text += optional_line(indent, "fails-with", pair.fails_with);
  text += optional_line(indent, "tested", pair.tested);
  return pair.found ? text + text_of(*pair.found) : text;
}

}  // namespace

std::string name_of(const Pair& pair) {
  return format("{}/{}/{}{}", pair.kernel.value, pair.driver.value, name_of(pair.flavour),
                pair.patches ? "" : "/unpatched");
}

std::string matrix_text(std::string_view before, const std::vector<Pair>& pairs) {
  constexpr std::string_view key = "pairs:";
  std::size_t start = before.starts_with(key) ? 0 : before.find("\npairs:");
  if (start == std::string_view::npos)
    start = before.size();
  else if (start != 0)
    ++start;
  std::string text(before.substr(0, start));
  text += key;
  if (pairs.empty()) return text + " []\n";
  text += '\n';
  for (const Pair& pair : pairs) text += text_of(pair);
  return text;
}

}  // namespace ingot::spec
