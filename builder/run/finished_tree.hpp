// SPDX-License-Identifier: Apache-2.0
// The finished image root, of layers in the store: what is in it, and how to read it.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "archive/layers.hpp"
#include "os/fd.hpp"
#include "os/sandbox.hpp"
#include "store/store.hpp"

namespace ingot::run {

/// Thread-safe. Nothing is read before somebody asks for it.
class FinishedTree {
public:
  /// `layers` from the lowest, each with an index. `place` is an empty folder to mount at.
  FinishedTree(std::vector<store::Entry> layers, std::filesystem::path place,
               std::int64_t latest_mtime)
      : layers_(std::move(layers)), place_(std::move(place)), latest_mtime_(latest_mtime) {}

  /// All files with digests, in the order of the file list.
  const std::vector<archive::ListedFile>& files();
  /// Opens one of them in the layer that holds it.
  os::Fd open(const archive::ListedFile& file);
  /// Where it is mounted, read-only, as long as this object lives.
  const std::filesystem::path& mounted();

private:
  std::vector<store::Entry> layers_;
  std::filesystem::path place_;
  std::int64_t latest_mtime_;
  std::mutex mutex_;
  std::optional<std::vector<archive::ListedFile>> files_;
  std::unordered_map<std::string, std::size_t> layer_of_;
  std::optional<os::OverlayMount> mount_;
};

}  // namespace ingot::run
