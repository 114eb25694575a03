// SPDX-License-Identifier: Apache-2.0
#include "run/matrix_table.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/format.hpp"

namespace ingot::run {
namespace {

constexpr std::string_view first_mark =
    "<!-- Written by `ingot matrix --write` from matrix.yaml: do not edit. -->\n";
constexpr std::string_view last_mark = "<!-- End of the table. -->\n";

using Row = std::array<std::string, 5>;

std::string words_of(spec::Tried builds, spec::Tried boots) {
  if (builds == spec::Tried::no) return "does not build";
  if (builds == spec::Tried::untested) return "not tried";
  switch (boots) {
    case spec::Tried::yes:
      return "builds, boots";
    case spec::Tried::no:
      return "builds, does not boot";
    case spec::Tried::untested:
      return "builds";
  }
  return {};
}

std::string found_words(const spec::Pair& pair) {
  return pair.found ? words_of(pair.found->builds, pair.found->boots) : "not tried";
}

/// A cell may not end the row early.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '`') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string flavour_of(const spec::Pair& pair) {
  return std::string(name_of(pair.flavour)) + (pair.patches ? "" : ", unpatched");
}

std::string remark_of(const spec::Pair& pair) {
  std::string remark = pair.reason;
  if (pair.found && !pair.found->error.empty())
    remark += (remark.empty() ? "" : "; ") + pair.found->error;
  return remark;
}

}  // namespace

std::string matrix_table(const std::vector<TriedPair>& pairs) {
  std::vector<Row> rows = {{"pair", "expected", "found", "tested", ""}};
  for (const TriedPair& tried : pairs) {
    const spec::Pair& pair = tried.pair;
    rows.push_back({name_of(pair), words_of(pair.builds, pair.boots), found_words(pair),
                    pair.tested.empty() ? "never" : pair.tested,
                    tried.complaint.empty() ? pair.reason : "FAILED: " + tried.complaint});
  }
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line = format("{:<{}}  {:<{}}  {:<{}}  {:<{}}  {}", row[0], widths[0], row[1],
                              widths[1], row[2], widths[2], row[3], widths[3], row[4]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string matrix_markdown(const std::vector<spec::Pair>& pairs) {
  std::string text =
      "| kernel | driver | flavour | expected | found | tested | compiler | why, first error |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const spec::Pair& pair : pairs) {
    const spec::FoundPair found = pair.found.value_or(spec::FoundPair{});
    const std::string kernel = found.kernel.empty() ? pair.kernel.value : found.kernel;
    const std::string driver = found.driver.empty() ? pair.driver.value : found.driver;
    text += format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", cell(kernel), cell(driver),
                   flavour_of(pair), words_of(pair.builds, pair.boots), found_words(pair),
                   pair.tested, cell(found.compiler), cell(remark_of(pair)));
  }
  return text;
}

std::string matrix_json(const std::vector<TriedPair>& pairs) {
  using nlohmann::ordered_json;
  ordered_json rows = ordered_json::array();
  for (const TriedPair& tried : pairs) {
    const spec::Pair& pair = tried.pair;
    ordered_json row = {
        {"pair", name_of(pair)},
        {"kernel", pair.kernel.value},
        {"driver", pair.driver.value},
        {"flavour", name_of(pair.flavour)},
        {"patches", pair.patches},
        {"image", pair.image.value},
        {"expected", {{"builds", name_of(pair.builds)}, {"boots", name_of(pair.boots)}}},
        {"reason", pair.reason},
        {"tested", pair.tested},
        {"found", nullptr},
        {"complaint", tried.complaint}};
    if (pair.found) {
      row["found"] = {
          {"builds", name_of(pair.found->builds)}, {"boots", name_of(pair.found->boots)},
          {"kernel", pair.found->kernel},          {"driver", pair.found->driver},
          {"compiler", pair.found->compiler},      {"error", pair.found->error}};
    }
    if (tried.fault) row["fault"] = name_of(*tried.fault);
    rows.push_back(std::move(row));
  }
  const ordered_json result = {{"schema", "ingot/matrix/v1"}, {"pairs", std::move(rows)}};
  return result.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string with_matrix(std::string_view text, std::string_view table) {
  const std::size_t first = text.find(first_mark);
  const std::size_t last =
      first == std::string_view::npos ? first : text.find(last_mark, first + first_mark.size());
  if (last == std::string_view::npos)
    throw Error(Fault::input,
                format("kernels/README.md has no place for the table; give it these lines:\n{}{}",
                       first_mark, last_mark));
  std::string result(text.substr(0, first + first_mark.size()));
  return result.append(table).append(text.substr(last));
}

}  // namespace ingot::run
