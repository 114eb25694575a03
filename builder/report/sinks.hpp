// SPDX-License-Identifier: Apache-2.0
// Where events go: lines for people, JSON records for programs, nowhere.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string_view>

#include "report/report.hpp"

namespace ingot::report {

enum class Style { plain, json, none };

/// The style of a `--progress` value: "plain", "json", "none" or "auto" (plain); otherwise nothing.
std::optional<Style> style_of(std::string_view name);

/// Writes to `out`, which must outlive the report. Plain: one line when a step starts and one when
/// it ends, with its time. JSON: one object per line with "event", "time" (seconds since the
/// start of the report), "step", "outcome", "milliseconds", "done", "total", "text".
std::unique_ptr<Report> make_report(Style style, std::ostream& out);

}  // namespace ingot::report
