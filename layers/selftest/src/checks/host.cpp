// SPDX-License-Identifier: Apache-2.0
// sd.* and time.*: the machine around the GPUs.
#include <ctime>

#include <sys/stat.h>

#include "checks/checks.hpp"
#include "command.hpp"
#include "file.hpp"

namespace ingot::selftest {

Result failed_units(const Node& node) {
  if (!node.live()) return skip("not the tree of the running machine");
  if (!node.roots.exists("/run/systemd/system")) return skip("systemd does not run");
  const Answer answer = run_command(
      {"/usr/bin/systemctl", "list-units", "--failed", "--no-legend", "--plain", "--no-pager"},
      std::chrono::seconds(15));
  if (!answer.good()) return fail("systemctl " + answer.why());
  Findings findings;
  for (const std::string& line : lines_of(answer.output)) {
    const auto words = words_of(line);
    if (!words.empty()) findings.add(words.front() + " has failed");
  }
  return std::move(findings).result("no unit has failed");
}

Result sane_time(const Node& node) {
  // The image's files carry the date of its build; no clock may be behind it.
  struct stat status {};
  if (::stat(node.manifest.c_str(), &status) != 0) {
    return skip("the image's date is unknown");
  }
  std::time_t now = 0;
  std::time(&now);
  Values values{{"image_epoch", std::to_string(status.st_mtime)}, {"now", std::to_string(now)}};
  if (now < status.st_mtime) {
    return fail("the clock is behind the image's date by " +
                    std::to_string((status.st_mtime - now) / 3600) +
                    " hours; certificates will not verify",
                std::move(values));
  }
  return pass("after the image's date", std::move(values));
}

}  // namespace ingot::selftest
