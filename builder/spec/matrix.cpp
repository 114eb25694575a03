// SPDX-License-Identifier: Apache-2.0
#include "spec/matrix.hpp"

#include <set>

#include "base/format.hpp"
#include "spec/fields.hpp"
#include "spec/parse.hpp"
#include "spec/value.hpp"
#include "spec/vocabulary.hpp"

namespace ingot::spec {
namespace {

const Words<Tried> build_words = {{"yes", Tried::yes}, {"no", Tried::no}};
const Words<bool> patch_words = {{"yes", true}, {"no", false}};
const Words<Tried> boot_words = {
    {"yes", Tried::yes}, {"no", Tried::no}, {"untested", Tried::untested}};

std::string line_or_empty(const Node* node, std::string_view key, Diagnostics& diagnostics) {
  return node == nullptr ? std::string() : read_text(*node, key, diagnostics).value_or("");
}

FoundPair read_found(const Node& node, Diagnostics& diagnostics) {
  FoundPair found;
  Fields fields{node, "finding", diagnostics};
  if (const Node* builds = fields.required("builds")) {
    found.builds = read_enum(*builds, "builds", boot_words, diagnostics).value_or(Tried::untested);
  }
  if (const Node* boots = fields.required("boots")) {
    found.boots = read_enum(*boots, "boots", boot_words, diagnostics).value_or(Tried::untested);
  }
  found.kernel = line_or_empty(fields.optional("kernel"), "kernel", diagnostics);
  found.driver = line_or_empty(fields.optional("driver"), "driver", diagnostics);
  found.compiler = line_or_empty(fields.optional("compiler"), "compiler", diagnostics);
  found.error = line_or_empty(fields.optional("error"), "error", diagnostics);
  fields.finish();
  return found;
}

Pair read_pair(const Node& node, Diagnostics& diagnostics) {
  Pair pair;
  pair.place = node.place;
  Fields fields{node, "pair", diagnostics};
  if (const Node* kernel = fields.required("kernel")) {
    if (auto word = read_word(*kernel, "kernel", definition_name, diagnostics)) {
      pair.kernel = std::move(*word);
    }
  }
  if (const Node* driver = fields.required("driver")) {
    if (auto word = read_quoted(*driver, "driver", driver_version, diagnostics)) {
      pair.driver = std::move(*word);
    }
  }
  const Node* const flavour = fields.required("flavour");
  if (flavour != nullptr) {
    pair.flavour =
        read_enum(*flavour, "flavour", flavour_words(), diagnostics).value_or(pair.flavour);
  }
  if (const Node* patches = fields.optional("patches")) {
    pair.patches = read_enum(*patches, "patches", patch_words, diagnostics).value_or(true);
  }
  if (const Node* image = fields.optional("image")) {
    if (auto word = read_word(*image, "image", definition_name, diagnostics)) {
      pair.image = std::move(*word);
    }
  }
  if (const Node* builds = fields.required("builds")) {
    pair.builds = read_enum(*builds, "builds", build_words, diagnostics).value_or(Tried::untested);
  }
  if (const Node* boots = fields.required("boots")) {
    pair.boots = read_enum(*boots, "boots", boot_words, diagnostics).value_or(Tried::untested);
  }
  if (const Node* tested = fields.optional("tested")) {
    if (auto date = read_quoted(*tested, "tested", calendar_date, diagnostics)) {
      pair.tested = std::move(date->value);
    }
  }
  const Node* const reason = fields.optional("reason");
  pair.reason = line_or_empty(reason, "reason", diagnostics);
  const Node* const fails_with = fields.optional("fails-with");
  pair.fails_with = line_or_empty(fails_with, "fails-with", diagnostics);
  if (const Node* found = fields.optional("found")) pair.found = read_found(*found, diagnostics);
  fields.finish();
  const bool failed = pair.builds == Tried::no || pair.boots == Tried::no;
  if (failed && reason == nullptr) {
    diagnostics.add({node.place,
                     "a pair that does not build or boot needs the key 'reason'",
                     {},
                     "say in one line why not"});
  }
  if (fails_with != nullptr && !failed) {
    diagnostics.add(
        {fails_with->place, "'fails-with' has a meaning only for pairs that fail", {}, {}});
  }
  if (pair.builds == Tried::no && pair.boots == Tried::yes) {
    diagnostics.add({node.place, "a pair that does not build cannot boot", {}, {}});
  }
  return pair;
}

}  // namespace

std::string_view name_of(Tried tried) noexcept {
  switch (tried) {
    case Tried::no:
      return "no";
    case Tried::yes:
      return "yes";
    case Tried::untested:
      return "untested";
  }
  return "";
}

std::vector<Pair> parse_matrix(const Node& root, const Origin&, Diagnostics& diagnostics) {
  std::vector<Pair> pairs;
  Fields fields{root, "matrix", diagnostics};
  const Node* const list = fields.required("pairs");
  fields.finish();
  if (list == nullptr) return pairs;
  std::set<std::string> seen;
  for (const Node& node : read_list(*list, "pairs", diagnostics)) {
    Pair pair = read_pair(node, diagnostics);
    if (!seen.insert(name_of(pair)).second) {
      diagnostics.add({node.place, "this pair is listed before", {}, "keep one row for each pair"});
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace ingot::spec
