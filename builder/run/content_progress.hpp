// SPDX-License-Identifier: Apache-2.0
// How far the writer of a format is, by the content that it has opened.
#pragma once

#include <string>
#include <vector>

#include "archive/content.hpp"
#include "report/report.hpp"

namespace ingot::run {

/// `open`, which also reports the sizes of all that was opened as progress of `step`, against the
/// content of `files`. What a writer takes over from earlier results it does not open: its step may
/// end before all was told. `report` must outlive the function.
archive::OpenContent with_progress(archive::OpenContent open,
                                   const std::vector<archive::ListedFile>& files, Report& report,
                                   std::string step);

}  // namespace ingot::run
