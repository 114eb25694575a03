// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_metadata.hpp"

#include <algorithm>

#include "base/little_endian.hpp"

namespace ingot::disk {
namespace {

constexpr std::uint16_t not_packed = 0x8000;

}  // namespace

MetadataPlace SquashfsMetadata::place() const noexcept {
  return {done_.size(), static_cast<std::uint16_t>(open_.size())};
}

void SquashfsMetadata::append(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), block_size - open_.size());
    open_.insert(open_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    if (open_.size() == block_size) close_block();
  }
}

void SquashfsMetadata::close_block() {
  const std::size_t start = done_.size();
  blocks_.push_back(start);
  done_.resize(start + 2 + open_.size());
  const std::span<std::uint8_t> block = std::span(done_).subspan(start);
  const std::span<std::uint8_t> body = block.subspan(2);
  if (const auto packed = packer_.compress(open_, body.first(open_.size() - 1))) {
    store_le(block, 0, static_cast<std::uint16_t>(*packed));
    done_.resize(start + 2 + *packed);
  } else {
    std::copy(open_.begin(), open_.end(), body.begin());
    store_le(block, 0, static_cast<std::uint16_t>(not_packed | open_.size()));
  }
  open_.clear();
}

const std::vector<std::uint8_t>& SquashfsMetadata::finish() {
  if (!open_.empty()) close_block();
  return done_;
}

}  // namespace ingot::disk
