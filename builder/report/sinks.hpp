// SPDX-License-Identifier: Apache-2.0
// Where events go: a live view or lines for people, JSON records for programs, nowhere.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string_view>

#include "report/json_report.hpp"
#include "report/report.hpp"

namespace ingot::report {

enum class Style { tty, plain, json, none };

/// What the environment says of the terminal.
struct Surroundings {
  bool terminal_moves = true;  ///< it can move its cursor: TERM is set, and not "dumb"
  bool colour = true;          ///< NO_COLOR is not set
};

/// The style of a `--progress` value: "tty", "plain", "json", "none", or "auto": tty where `out` is
/// a terminal that moves its cursor, else plain. Nothing for any other.
std::optional<Style> style_of(std::string_view name, const Surroundings& surroundings,
                              const std::ostream& out);

/// Writes to `out`, which must outlive the report. Plain: one line when a step starts and one when
/// it ends, with its time.
std::unique_ptr<Report> make_report(Style style, std::ostream& out, RunFacts facts = {},
                                    const Surroundings& surroundings = {});

}  // namespace ingot::report
