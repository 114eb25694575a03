// SPDX-License-Identifier: Apache-2.0
// Everything that building, testing and verifying need of this host, tried rather than guessed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"
#include "run/finding.hpp"

namespace ingot::run {

struct DoctorRequest {
  std::filesystem::path project;
  std::optional<std::string> image;  ///< whose lock and release say how much room is needed
  std::filesystem::path output;      ///< parent of release folders
  std::vector<std::string> mirrors;  ///< values of --mirror
  bool offline = false;
  bool try_kvm = true;  ///< boot a machine, which takes seconds where KVM does not answer
};

/// Every row, in the order of namespaces, room, archives, machines. Takes up to about ten seconds,
/// most of them for a KVM that does not answer. Changes nothing, besides folders that are gone
/// again when it returns. Called before threads exist. Fault::input for definitions with faults.
std::vector<Finding> examine(const DoctorRequest& request, const os::Environment& environment,
                             const os::Runner& runner);

}  // namespace ingot::run
