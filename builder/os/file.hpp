// SPDX-License-Identifier: Apache-2.0
// Whole files: reading, and writing so that nothing half-written ever has the final name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "os/fd.hpp"

namespace ingot::os {

/// The content of a regular file; Fault::io when it cannot be read, Fault::input when it is larger
/// than `limit` bytes.
std::string read_file(const std::filesystem::path& path, std::uint64_t limit = 1ULL << 30);

/// Like read_file, but nothing when the file does not exist.
std::optional<std::string> read_file_if_any(const std::filesystem::path& path,
                                            std::uint64_t limit = 1ULL << 30);

/// Replaces `path` by `content` through an AtomicFile.
void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

enum class Durable { no, yes };

/// A new file beside its final name. Without commit() the destructor removes it.
class AtomicFile {
public:
  /// Creates parent folders; the file has exactly `mode`, whatever the umask. Throws Fault::io.
  explicit AtomicFile(std::filesystem::path target, unsigned mode = 0644);
  AtomicFile(AtomicFile&&) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  int fd() const noexcept { return fd_.get(); }
  const std::filesystem::path& temporary() const noexcept { return temporary_; }
  void write(std::string_view bytes);
  void write(std::span<const std::uint8_t> bytes);

  /// Renames onto the target; with Durable::yes both file and folder are synced.
  void commit(Durable durable = Durable::no);

private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
  Fd fd_;
};

/// A fresh folder that the destructor removes with all it holds.
class TempDir {
public:
  /// Makes `<parent>/<prefix>-XXXXXX`; `parent` defaults to TMPDIR or /tmp.
  explicit TempDir(std::string_view prefix, std::filesystem::path parent = {});
  TempDir(TempDir&&) noexcept;
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Gives the folder up: it stays.
  std::filesystem::path keep() noexcept;

private:
  std::filesystem::path path_;
};

/// Removes a tree without following links out of it; folders without permissions are made
/// accessible first. No error when it does not exist. Stops with Fault::io at a folder on which
/// something is mounted, and leaves that alone.
void remove_tree(const std::filesystem::path& path);

}  // namespace ingot::os
