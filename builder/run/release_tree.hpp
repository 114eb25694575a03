// SPDX-License-Identifier: Apache-2.0
// The file tree of a finished release, read without root, mounts, or trust in what it holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "os/sink.hpp"
#include "run/release_statement.hpp"

namespace ingot::run {

enum class TreeSource { release, tar, file_list };

/// Whether digests that no file list states are computed, which reads the whole tar.
enum class Digests { if_listed, always };

struct ReleaseTree {
  TreeSource source = TreeSource::release;
  std::filesystem::path place;  ///< as given: folder, tar, or file list
  /// Of a release: its other files by role, those that are there.
  std::map<std::string, std::filesystem::path> parts;
  std::optional<std::filesystem::path> tar;
  std::optional<ReleaseStatement> statement;  ///< of a release; nobody checked who signed it
  std::vector<archive::ListedFile> files;     ///< in order; the root is among them
};

/// `place` is the folder of a release, or a tar or *.mtree alone. Of a release, the file list is
/// taken as it is; without one, the tar is listed. Fault::input when it is none of these;
/// Fault::verification when it is damaged or beyond the limits.
ReleaseTree open_release_tree(const std::filesystem::path& place, Digests digests);

/// Copies the content of a regular file of the tree to `sink`, without finishing that.
/// Fault::input when there is no tar to take it from; Fault::verification when the tar has not
/// what the list says: content of another digest has then gone to the sink.
void copy_content(const ReleaseTree& tree, const archive::ListedFile& file, os::Sink& sink);

using ContentVisitor = std::function<void(const std::string& path, const std::string& content)>;

/// Gives the content of each of those regular files (paths as in the list) to `visit`, in the order
/// of the tar and in one pass. Each is held in memory, so that one above `limit` bytes is
/// Fault::verification, as is one that the tar has not or has otherwise than listed.
void read_contents(const ReleaseTree& tree, const std::set<std::string>& paths, std::uint64_t limit,
                   const ContentVisitor& visit);

}  // namespace ingot::run
