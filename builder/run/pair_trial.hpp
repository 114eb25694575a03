// SPDX-License-Identifier: Apache-2.0
// One pair of kernel and driver, tried: its modules compiled, signed and checked, its image booted.
#pragma once

#include <filesystem>
#include <string>

#include "run/matrix.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"

namespace ingot::run {

/// A pair that can be tried: resolved, locked, and all its packages in the store.
struct ReadyPair {
  spec::ResolvedImage image;
  spec::Lock lock;
};

/// The lock of the pair's image where it fits. Else a new one, made from that lock, in which only
/// what the pair asks for changes; with request.locked that is Fault::difference.
ReadyPair prepare_pair(const spec::Pair& pair, const MatrixRequest& request, Mirrors& mirrors,
                       const store::Store& store, const os::Runner& runner,
                       const os::Environment& environment, Report& report);

/// Throws what is no finding: everything but a failed step, a broken rule, or a failed boot.
spec::FoundPair try_pair(const ReadyPair& ready, const spec::Pair& pair,
                         const MatrixRequest& request, const store::Store& store,
                         const os::Runner& runner, const os::Environment& environment,
                         Report& report);

}  // namespace ingot::run
