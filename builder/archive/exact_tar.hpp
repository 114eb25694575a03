// SPDX-License-Identifier: Apache-2.0
// Trees as a tar archive that loses nothing of them: owners, times to the nanosecond, attributes,
// hard links, holes, and the whiteouts and opaque folders of an overlay's upper. It is read back
// only when somebody we trust has made it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "archive/tar_header.hpp"
#include "os/sink.hpp"
#include "os/tree.hpp"

namespace ingot::archive {

class ExactTarWriter {
public:
  /// `sink` must outlive the writer.
  explicit ExactTarWriter(os::Sink& sink) : sink_(sink) {}

  /// The folder and all below it as `name` and NAME/... Of attributes that steer overlays only
  /// user.overlay.opaque is kept: the others name files of this machine. Fault::unsupported for
  /// sockets, Fault::io when a file changes meanwhile.
  void add_tree(const std::filesystem::path& root, std::string_view name);
  /// A regular file of this content, its time 0.
  void add_text(std::string_view name, std::string_view text);
  /// Writes what ends an archive. Does not finish the sink.
  void finish();

private:
  void write(std::string_view bytes);
  void write_content(const os::TreeEntry& entry, TarHeader header, const os::Fd& fd);
  void write_range(const os::TreeEntry& entry, int fd, std::uint64_t offset, std::uint64_t size);
  void pad(std::uint64_t size);

  os::Sink& sink_;
};

struct ExactTarLimits {
  std::uint64_t members = 4'000'000;
  std::uint64_t bytes = 1ULL << 40;  ///< sum of the sizes of all files, holes included
  std::uint64_t names = 1ULL << 30;  ///< sum of paths, link targets and attributes
};

/// Unpacks what ExactTarWriter wrote, compressed or not, from the descriptor's position on into
/// `folder`; folders that are there take the archive's attributes. Nothing lands outside of it.
/// Fault::verification for what is above the limits and for a broken archive; the folder then holds
/// whatever was unpacked before.
void unpack_exact_tar(int fd, const std::filesystem::path& folder,
                      const ExactTarLimits& limits = {});

}  // namespace ingot::archive
