// SPDX-License-Identifier: Apache-2.0
#include "os/usage.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace ingot::os {
namespace {

std::chrono::microseconds span_of(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

Usage usage_from(const rusage& usage) noexcept {
  const auto cpu = span_of(usage.ru_utime) + span_of(usage.ru_stime);
  // getrusage(2): in kibibytes.
  const auto kibibytes = static_cast<std::uint64_t>(std::max(usage.ru_maxrss, 0L));
  return {std::chrono::duration_cast<std::chrono::milliseconds>(cpu), Bytes{kibibytes << 10}};
}

Usage usage_of_self() noexcept {
  rusage usage{};
  return ::getrusage(RUSAGE_SELF, &usage) == 0 ? usage_from(usage) : Usage{};
}

Usage operator+(const Usage& a, const Usage& b) noexcept {
  return {a.cpu + b.cpu, std::max(a.peak_memory, b.peak_memory)};
}

}  // namespace ingot::os
