// SPDX-License-Identifier: Apache-2.0
#include "run/guest_files.hpp"

#include "archive/listing.hpp"
#include "store/content_digest.hpp"

namespace ingot::run {

std::vector<archive::ListedFile> guest_files(guest::Guest& guest, int partition) {
  const archive::ContentDigest digest = store::sha256_of_content();
  std::vector<archive::ListedFile> files;
  guest.read_tree(partition, [&](int fd) { files = archive::list_tar(fd, digest); });
  return files;
}

}  // namespace ingot::run
