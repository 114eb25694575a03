// SPDX-License-Identifier: Apache-2.0
// The list of an entry's files, kept beside them: what the tree is, and whether it still is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "store/store.hpp"

namespace ingot::store {

/// Lists the stage's folder as an overlay layer, with a digest of every file, into a file beside
/// it. To be called last, before commit(). Returns how much content the files have, each counted
/// once however many names it has.
Bytes write_index(const Stage& stage);

bool has_index(const Entry& entry);

/// Fault::verification when it is damaged, Fault::io when there is none.
std::vector<archive::ListedFile> read_index(const Entry& entry);

enum class Look {
  quick,   ///< names, kinds, modes, owners, sizes, times, attributes
  content  ///< digests as well
};

/// What is not as the index says, as "PATH: what", the first in byte order; nothing when the tree
/// is whole. A tree that cannot be read counts as altered.
std::optional<std::string> alteration(const Entry& entry, Look look);

}  // namespace ingot::store
