// SPDX-License-Identifier: Apache-2.0
// The matrix of kernels and drivers, carried out: each pair is built and booted, and judged by what
// was expected of it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "boot/accelerator.hpp"
#include "fetch/fetch.hpp"
#include "os/environment.hpp"
#include "os/process.hpp"
#include "report/report.hpp"
#include "run/boot_record.hpp"
#include "run/mirrors.hpp"
#include "spec/matrix.hpp"
#include "store/store.hpp"

namespace ingot::run {

struct MatrixRequest {
  std::filesystem::path project;
  std::vector<spec::Pair> pairs;  ///< to try
  bool boot = false;              ///< also boots those that build and are expected to boot
  BootFormat format = BootFormat::disk;
  boot::AcceleratorChoice accelerator = boot::AcceleratorChoice::automatic;
  std::filesystem::path work;  ///< folder of logs, releases and boot results
  bool locked = false;         ///< only pairs that the lock of their image fits
  fetch::Options fetch;
};

struct TriedPair {
  spec::Pair pair;             ///< with what was found; untouched when the trial could not be made
  std::string complaint;       ///< one line; empty when all is as expected
  std::optional<Fault> fault;  ///< why the trial could not be made: no mirror, no namespaces, ...
};

/// What differs from what the row expects, as one line; empty when nothing does. `booted` says
/// whether booting was asked for.
std::string judge_pair(const spec::Pair& pair, const spec::FoundPair& found, bool booted);

/// The first error of a compiler or linker in a step's log, else the first line of `message`; one
/// line of at most 200 bytes, without folders.
std::string first_error(std::string_view log, std::string_view message);

/// Tries all pairs, in order; a pair that fails does not keep the next from its trial. Call
/// os::enter_private_mounts() before. When it boots, this process has a network of its own
/// afterwards.
std::vector<TriedPair> try_pairs(const MatrixRequest& request, Mirrors& mirrors,
                                 const store::Store& store, const os::Runner& runner,
                                 const os::Environment& environment, Report& report);

}  // namespace ingot::run
