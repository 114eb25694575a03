// SPDX-License-Identifier: Apache-2.0
#include "step/file_list.hpp"

#include "os/file.hpp"

namespace ingot::step {

MadeFile write_file_list(const spec::ResolvedImage& image,
                         const std::vector<archive::MergedFile>& files,
                         const std::filesystem::path& folder) {
  const std::string name = stem_of(image) + ".mtree";
  std::vector<archive::ListedFile> list;
  list.reserve(files.size());
  for (const archive::MergedFile& merged : files) list.push_back(merged.file);
  const std::string text = archive::file_list_text(list);
  os::write_file(folder / name, text);
  return {.name = name,
          .role = "file-list",
          .media_type = "text/plain",
          .measured = crypto::FileDigest{crypto::digest_of(text), text.size()}};
}

}  // namespace ingot::step
