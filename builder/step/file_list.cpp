// SPDX-License-Identifier: Apache-2.0
#include "step/file_list.hpp"

#include "os/file.hpp"

namespace ingot::step {

MadeFile write_file_list(const spec::ResolvedImage& image,
                         const std::vector<archive::ListedFile>& files,
                         const std::filesystem::path& folder) {
  const std::string name = stem_of(image) + ".mtree";
  const std::string text = archive::file_list_text(files);
  os::write_file(folder / name, text);
  return {.name = name,
          .role = "file-list",
          .media_type = "text/plain",
          .measured = crypto::FileDigest{crypto::digest_of(text), text.size()}};
}

}  // namespace ingot::step
