// SPDX-License-Identifier: Apache-2.0
#include "os/clock.hpp"

#include <ctime>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::os {
namespace {

class SystemClock final : public Clock {
public:
  std::int64_t unix_time() const override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::floor<std::chrono::seconds>(since).count();
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string rfc3339(std::int64_t unix_time) {
  const std::time_t seconds = unix_time;
  std::tm utc{};
  // RFC 3339 has four digits for the year.
  if (::gmtime_r(&seconds, &utc) == nullptr || utc.tm_year < -1900 || utc.tm_year > 8099) {
    throw Error(Fault::input, "no date of the years 0 to 9999: " + std::to_string(unix_time));
  }
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace ingot::os
