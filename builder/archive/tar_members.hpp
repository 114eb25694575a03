// SPDX-License-Identifier: Apache-2.0
// The members of a tar archive of any origin, one after another, with the content as it passes by.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "archive/file_list.hpp"

namespace ingot::archive {

struct TarLimits {
  std::uint64_t members = 1'000'000;
  std::uint64_t bytes = 64ULL << 30;   ///< sum of the sizes of all files
  std::uint64_t names = 256ULL << 20;  ///< sum of paths, link targets and attributes
};

using ContentPiece = std::function<void(std::span<const std::uint8_t> bytes)>;

/// Gives the whole content of the member at hand to `take`, piece by piece. To be called once at
/// most, inside of the visitor.
using MemberContent = std::function<void(const ContentPiece& take)>;

enum class Walk { on, stop };

/// `file` has neither digest nor count of links; of a further name (hard link) it says nothing but
/// that. Content that is not asked for is passed over.
using MemberVisitor = std::function<Walk(const ListedFile& file, const MemberContent& content)>;

/// Every member of the plain or compressed tar that `fd` gives from here on (it may be a pipe).
/// Fault::verification for what extract_tar() refuses but device files and attributes, and for what
/// is above the limits.
void walk_tar(int fd, const MemberVisitor& visit, const TarLimits& limits = {});

}  // namespace ingot::archive
