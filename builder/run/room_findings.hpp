// SPDX-License-Identifier: Apache-2.0
// Whether there is room for the work: disk, memory, processors.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/memory.hpp"
#include "os/storage.hpp"
#include "run/build_needs.hpp"
#include "run/finding.hpp"

namespace ingot::run {

struct FolderFacts {
  std::string id;                      ///< "disk.cache"
  std::filesystem::path folder;        ///< empty: there is no place for it
  std::string chosen_by;               ///< "INGOT_CACHE"
  std::optional<os::Storage> storage;  ///< nothing when the folder cannot be asked
  Bytes wanted;
  std::string wanted_by;  ///< "the lock of debian-13"
  std::vector<Purpose> needed_for;
  FindingState when_short = FindingState::missing;
};

struct RoomFacts {
  std::vector<FolderFacts> folders;
  os::Memory memory;
  unsigned processors = 0;
  BuildNeeds needs;
};

RoomFacts look_at_room(const os::Environment& environment,
                       const std::optional<std::filesystem::path>& cache,
                       const std::filesystem::path& output, const BuildNeeds& needs);

/// Rows disk.cache, disk.output, disk.temporary, memory, memory.machine, processors.
std::vector<Finding> room_findings(const RoomFacts& facts);

}  // namespace ingot::run
