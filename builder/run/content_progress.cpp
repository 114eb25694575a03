// SPDX-License-Identifier: Apache-2.0
#include "run/content_progress.hpp"

#include <atomic>
#include <memory>
#include <utility>

namespace ingot::run {

archive::OpenContent with_progress(archive::OpenContent open,
                                   const std::vector<archive::ListedFile>& files, Report& report,
                                   std::string step) {
  std::uint64_t total = 0;
  for (const archive::ListedFile& file : files)
    if (file.kind == os::FileKind::regular && file.hard_link.empty()) total += file.size;
  const auto opened = std::make_shared<std::atomic<std::uint64_t>>(0);
  return [open = std::move(open), step = std::move(step), total, opened,
          &report](const archive::ListedFile& file) {
    os::Fd fd = open(file);
    report.step_progress(step, opened->fetch_add(file.size) + file.size, total, Counted::bytes);
    return fd;
  };
}

}  // namespace ingot::run
