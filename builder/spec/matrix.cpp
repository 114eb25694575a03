// SPDX-License-Identifier: Apache-2.0
#include "spec/matrix.hpp"

#include <set>
#include <tuple>

#include "base/format.hpp"
#include "spec/fields.hpp"
#include "spec/parse.hpp"
#include "spec/value.hpp"
#include "spec/vocabulary.hpp"

namespace ingot::spec {
namespace {

const Words<Tried> build_words = {{"yes", Tried::yes}, {"no", Tried::no}};
const Words<Tried> boot_words = {
    {"yes", Tried::yes}, {"no", Tried::no}, {"untested", Tried::untested}};

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
  if (const Node* builds = fields.required("builds")) {
    pair.builds = read_enum(*builds, "builds", build_words, diagnostics).value_or(Tried::untested);
  }
  if (const Node* boots = fields.required("boots")) {
    pair.boots = read_enum(*boots, "boots", boot_words, diagnostics).value_or(Tried::untested);
  }
  if (const Node* tested = fields.required("tested")) {
    if (auto date = read_quoted(*tested, "tested", calendar_date, diagnostics)) {
      pair.tested = std::move(date->value);
    }
  }
  const Node* const reason = fields.optional("reason");
  if (reason != nullptr) pair.reason = read_text(*reason, "reason", diagnostics).value_or("");
  fields.finish();
  const bool failed = pair.builds == Tried::no || pair.boots == Tried::no;
  if (failed && reason == nullptr) {
    diagnostics.add({node.place,
                     "a pair that does not build or boot needs the key 'reason'",
                     {},
                     "say in one line why not"});
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
  std::set<std::tuple<std::string, std::string, Flavour>> seen;
  for (const Node& node : read_list(*list, "pairs", diagnostics)) {
    Pair pair = read_pair(node, diagnostics);
    if (!seen.emplace(pair.kernel.value, pair.driver.value, pair.flavour).second) {
      diagnostics.add({node.place, "this pair is listed before", {}, "keep one row for each pair"});
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

}  // namespace ingot::spec
