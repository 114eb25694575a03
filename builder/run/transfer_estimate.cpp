// SPDX-License-Identifier: Apache-2.0
#include "run/transfer_estimate.hpp"

namespace ingot::run {
namespace {

/// Half of what was seen before counts no longer once something new is.
constexpr double memory = 0.5;
constexpr Bytes telling{256U << 10};
/// Brought whatever it cost: asking about it took as long.
constexpr Bytes small{256U << 10};
/// Connections begin slowly.
constexpr Milliseconds beginning{500};

}  // namespace

void Speed::note(Bytes size, Milliseconds took) {
  if (size < telling) return;
  bytes_ = bytes_ * memory + static_cast<double>(size.count);
  seconds_ = seconds_ * memory + std::chrono::duration<double>(took).count();
}

std::optional<Milliseconds> Speed::expected(Bytes size) const {
  if (bytes_ <= 0) return std::nullopt;
  return Milliseconds(
      static_cast<std::int64_t>(static_cast<double>(size.count) * 1000 * seconds_ / bytes_));
}

TransferOutlook transfer_outlook(Bytes size, Milliseconds cost, const Speed& network,
                                 const Speed& unpacking) {
  const auto way = network.expected(size);
  if (size <= small || !way) return {};
  const Milliseconds expected = *way + unpacking.expected(size).value_or(Milliseconds(0));
  return {.worth = expected <= cost, .expected = expected};
}

TransferOutlook while_it_runs(Bytes size, Bytes done, Milliseconds took, Milliseconds cost) {
  if (size <= small || took < beginning || done.count == 0 || done >= size) return {};
  const double left = static_cast<double>(size.count - done.count);
  const Milliseconds expected(static_cast<std::int64_t>(left * static_cast<double>(took.count()) /
                                                        static_cast<double>(done.count)));
  return {.worth = expected <= cost, .expected = expected};
}

}  // namespace ingot::run
