// SPDX-License-Identifier: Apache-2.0
// Events as JSON records, one on each line, for programs that follow a run.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include "report/report.hpp"

namespace ingot::report {

struct RunFacts {
  std::string name = "ingot";  ///< what all the steps together are: the verb
  std::int64_t started = 0;    ///< seconds since 1970
};

/// Every record has "event", "time" (seconds since the start of the report), "timestamp" (seconds
/// since 1970), "message", "context" and "progress"; those of steps have "step", and by their event
/// "outcome", "milliseconds", "done", "total", "unit"; with "text" as far as there is one.
std::unique_ptr<Report> make_json_report(std::ostream& out, RunFacts facts);

}  // namespace ingot::report
