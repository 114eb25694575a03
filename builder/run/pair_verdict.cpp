// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/format.hpp"
#include "base/words.hpp"
#include "run/matrix.hpp"

namespace ingot::run {
namespace {

constexpr std::size_t longest_error = 200;

/// One printable line: YAML and tables take nothing else. Cut between characters.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : trimmed(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) line += c;
  }
  if (line.size() > longest_error) line = line.substr(0, longest_error) + "...";
  return line;
}

/// "nvidia/nv-pci.c:237:42: error: ..." of the same with folders of the build root in front.
std::string_view without_folder(std::string_view line) {
  constexpr std::string_view sources = "/usr/src/";
  if (!line.starts_with(sources)) return line;
  const std::size_t end = line.find('/', sources.size());
  return end == std::string_view::npos ? line : line.substr(end + 1);
}

bool tells_of_error(std::string_view line) {
  return line.find(": error: ") != std::string_view::npos ||
         line.find(": fatal error: ") != std::string_view::npos ||
         line.starts_with("ERROR: modpost:") ||
         (line.starts_with("Hunk #") && line.find(" FAILED ") != std::string_view::npos);
}

std::string unlike(std::string_view what, spec::Tried expected, spec::Tried found) {
  if (expected == found || expected == spec::Tried::untested) return {};
  return format("expected {}: {}, found {}", what, name_of(expected), name_of(found));
}

}  // namespace

std::string first_error(std::string_view log, std::string_view message) {
  for (std::size_t start = 0; start < log.size();) {
    const std::size_t end = std::min(log.find('\n', start), log.size());
    std::string_view line = log.substr(start, end - start);
    start = end + 1;
    const std::size_t bar = line.find("| ");
    if (bar != std::string_view::npos) line.remove_prefix(bar + 2);
    if (tells_of_error(line)) return one_line(without_folder(trimmed(line)));
  }
  return one_line(message.substr(0, message.find('\n')));
}

std::string judge_pair(const spec::Pair& pair, const spec::FoundPair& found, bool booted) {
  std::string complaint = unlike("builds", pair.builds, found.builds);
  if (complaint.empty() && booted && found.builds == spec::Tried::yes)
    complaint = unlike("boots", pair.boots, found.boots);
  const bool failed = found.builds == spec::Tried::no || found.boots == spec::Tried::no;
  if (complaint.empty() && failed && found.error.find(pair.fails_with) == std::string::npos)
    complaint = format("expected it to fail with '{}'", pair.fails_with);
  if (!complaint.empty() && !found.error.empty()) complaint += ": " + found.error;
  return complaint;
}

}  // namespace ingot::run
