// SPDX-License-Identifier: Apache-2.0
#include "agreement/rule.hpp"

#include <utility>

namespace ingot::agreement {
namespace {

std::string shown(std::string_view file) {
  if (file.empty() || file.starts_with('/')) return std::string(file);
  return "/" + std::string(file);
}

}  // namespace

std::string_view name_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::pass:
      return "pass";
    case Outcome::fail:
      return "fail";
    case Outcome::skip:
      return "skip";
  }
  return "?";
}

void Verdict::fault(std::string_view file, std::string found, std::string expected) {
  faults_.push_back({shown(file), std::move(found), std::move(expected)});
}

void Verdict::saw(std::string_view file, std::string value) {
  seen_.push_back({shown(file), std::move(value), {}});
}

void Verdict::skip(std::string reason) {
  skipped_ = true;
  reason_ = std::move(reason);
}

Outcome Verdict::outcome() const noexcept {
  if (!faults_.empty()) return Outcome::fail;
  return skipped_ ? Outcome::skip : Outcome::pass;
}

}  // namespace ingot::agreement
