// SPDX-License-Identifier: Apache-2.0
// A tar archive whose bytes are a function of the entries only: POSIX ustar, with pax records just
// where ustar cannot say it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "os/sink.hpp"
#include "os/tree.hpp"

namespace ingot::archive {

struct TarOptions {
  /// Later modification times become this one; earlier ones stay.
  std::int64_t latest_mtime = 0;
};

class TarWriter {
public:
  /// `sink` must outlive the writer.
  TarWriter(os::Sink& sink, TarOptions options) : sink_(sink), options_(options) {}

  /// Appends one entry, in the order of the calls. `open` is called for regular files with content
  /// only; Fault::io when that file has another size than the entry says. A further name of an
  /// inode seen before becomes a hard link. User and group names are not written. Sockets are
  /// Fault::unsupported.
  void add(const os::TreeEntry& entry, const std::function<os::Fd()>& open);

  /// Writes the two zero blocks that end an archive. Does not finish the sink.
  void finish();

private:
  void write_padded(std::string_view bytes);
  void write_content(const os::TreeEntry& entry, const std::function<os::Fd()>& open);

  os::Sink& sink_;
  TarOptions options_;
  std::map<std::uint64_t, std::string> first_names_;  ///< by inode, of files with several links
  std::vector<std::uint8_t> buffer_;
};

/// True for a path (as in os::TreeEntry) that is left out, with everything below it.
using Exclude = std::function<bool(std::string_view path)>;

/// The tree below `root` as one complete archive. Does not finish the sink.
void write_tree(const std::filesystem::path& root, os::Sink& sink, TarOptions options,
                const Exclude& exclude = {});

}  // namespace ingot::archive
