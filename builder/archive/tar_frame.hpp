// SPDX-License-Identifier: Apache-2.0
// Where the stream of a tar archive is cut into frames: at places that follow from names, so that
// a change leaves the cuts behind it where they were.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::archive {

/// One entry of the archive: what the list says, in the order in which a tree is walked.
struct TarMember {
  const ListedFile* file = nullptr;
  const ListedFile* first = nullptr;  ///< of a further name: the entry with the content
};

/// Folders before what they hold, siblings in byte order, and of the names of one file the first
/// in this order has the content: the order of write_tree(). `files` must outlive the result.
std::vector<TarMember> tar_members(const std::vector<ListedFile>& files);

/// The header of a member, as TarWriter writes it.
std::string tar_header_of(const TarMember& member);

/// Bytes of content that follow the header.
std::uint64_t tar_content_of(const TarMember& member);

/// A part of one member in a frame.
struct TarStretch {
  std::size_t member = 0;
  std::uint64_t offset = 0;  ///< in the content; the header stands in front of the first byte
  std::uint64_t length = 0;  ///< of content, without the zeros up to a whole block of tar
};

struct TarFrame {
  std::vector<TarStretch> stretches;
  std::uint64_t size = 0;  ///< in the archive
  bool last = false;       ///< the two blocks that end an archive follow
};

/// Sizes are part of what decides the bytes of an archive.
struct TarCut {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::uint64_t one_in = 1;  ///< so many names are no place for a cut between two that are
};

class TarCutter {
public:
  explicit TarCutter(const TarCut& cut) : cut_(cut) {}

  /// The frames that are complete once this member has come.
  std::vector<TarFrame> add(std::size_t index, std::string_view path, std::uint64_t header,
                            std::uint64_t content);
  /// What is left, and the end of the archive.
  TarFrame finish();

private:
  void close(std::vector<TarFrame>& done);

  TarCut cut_;
  TarFrame frame_;
};

}  // namespace ingot::archive
