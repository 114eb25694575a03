// SPDX-License-Identifier: Apache-2.0
// Whether bringing a result over the network is worth it: sizes against speeds seen in this run.
#pragma once

#include <chrono>
#include <optional>

#include "base/bytes.hpp"

namespace ingot::run {

using Milliseconds = std::chrono::milliseconds;

/// What bytes take, by those that were moved before; the later ones count more.
class Speed {
public:
  /// Too few bytes tell of the distance to the server only, and are not counted.
  void note(Bytes size, Milliseconds took);
  std::optional<Milliseconds> expected(Bytes size) const;

private:
  double bytes_ = 0;
  double seconds_ = 0;
};

struct TransferOutlook {
  bool worth = true;
  Milliseconds expected{0};  ///< of bringing it, when that is not worth it
};

/// Before the transfer. Without a speed, and for what is small, it is tried: `while_it_runs` tells.
TransferOutlook transfer_outlook(Bytes size, Milliseconds cost, const Speed& network,
                                 const Speed& unpacking);

/// Of one that runs: what is left, at the speed it has had so far.
TransferOutlook while_it_runs(Bytes size, Bytes done, Milliseconds took, Milliseconds cost);

}  // namespace ingot::run
