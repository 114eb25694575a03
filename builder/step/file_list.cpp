// SPDX-License-Identifier: Apache-2.0
#include "step/file_list.hpp"

#include "archive/listing.hpp"
#include "os/file.hpp"

namespace ingot::step {

std::vector<archive::ListedFile> list_files(const Workplace& workplace,
                                            const FormatRequest& request) {
  crypto::Hasher hasher;
  const archive::ContentDigest digest{
      [&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
      [&] { return hasher.finish(); }};
  return archive::list_tree(request.tree, workplace.epoch, digest);
}

MadeFile write_file_list(const FormatRequest& request) {
  const std::string name = stem_of(request.image) + ".mtree";
  const std::string text = archive::file_list_text(request.files);
  os::write_file(request.output / name, text);
  return {name, "file-list", "text/plain",
          crypto::FileDigest{crypto::digest_of(text), text.size()}};
}

}  // namespace ingot::step
