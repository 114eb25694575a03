// SPDX-License-Identifier: Apache-2.0
// A tar archive compressed in frames that later archives can take over. The frames one after
// another are one valid .tar.zst (RFC 8878, section 3); unpacked it is what write_tree() writes.
#pragma once

#include <vector>

#include "archive/content.hpp"
#include "archive/file_list.hpp"
#include "archive/piece.hpp"
#include "archive/tar_frame.hpp"
#include "os/sink.hpp"

namespace ingot::archive {

struct FramedTarOptions {
  int level = 9;         ///< of zstd
  unsigned workers = 0;  ///< 0: one for each processor, 16 at most; never changes the bytes
  TarCut cut = {.least = 1ULL << 20, .most = 8ULL << 20, .one_in = 8};
};

struct FramedTar {
  const std::vector<ListedFile>& files;  ///< in order (put_in_order), with digests
  OpenContent open;
  BytesDigest digest;
  Recall recall = {};
  FramedTarOptions options = {};
};

/// Writes the archive to `sink`, does not finish it, and gives its pieces. The bytes follow from
/// files and options (but workers) alone. Frames that `recall` knows are copied; what they were
/// made of is not opened. Fault::io when a file has another size than the list says,
/// Fault::unsupported for sockets, Fault::input when a regular file has no digest or there is none.
std::vector<Piece> write_framed_tar(const FramedTar& tar, os::Sink& sink);

}  // namespace ingot::archive
