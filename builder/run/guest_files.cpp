// SPDX-License-Identifier: Apache-2.0
#include "run/guest_files.hpp"

#include "archive/listing.hpp"
#include "crypto/hasher.hpp"

namespace ingot::run {

std::vector<archive::ListedFile> guest_files(guest::Guest& guest, int partition) {
  crypto::Hasher hasher;
  const archive::ContentDigest digest{
      [&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
      [&] { return hasher.finish(); }};
  std::vector<archive::ListedFile> files;
  guest.read_tree(partition, [&](int fd) { files = archive::list_tar(fd, digest); });
  return files;
}

}  // namespace ingot::run
