// SPDX-License-Identifier: Apache-2.0
#include "store/entry_index.hpp"

#include "archive/layers.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "store/content_digest.hpp"

namespace ingot::store {
namespace {

namespace fs = std::filesystem;
using archive::ListedFile;

constexpr const char* index_name = "index.mtree";

std::string difference(const ListedFile& noted, const ListedFile& found, Look look) {
  if (noted.path < found.path) return archive::escaped_path(noted.path) + ": it is gone";
  if (found.path < noted.path) return archive::escaped_path(found.path) + ": nobody put it there";
  std::string what;
  if (noted.kind != found.kind)
    what = "another kind of file";
  else if (noted.size != found.size)
    what = "another size";
  else if (noted.mtime != found.mtime)
    what = "changed later";
  else if (noted.mode != found.mode || noted.uid != found.uid || noted.gid != found.gid)
    what = "another mode or owner";
  else if (noted.target != found.target || noted.xattrs != found.xattrs)
    what = "another target or attribute";
  else if (look == Look::content && noted.digest != found.digest)
    what = "other content";
  return what.empty() ? what : archive::escaped_path(noted.path) + ": " + what;
}

}  // namespace

Bytes write_index(const Stage& stage) {
  const std::vector<ListedFile> files = archive::list_layer(stage.folder(), sha256_of_content());
  os::write_file(stage.beside(index_name), archive::file_list_text(files));
  Bytes content;
  for (const ListedFile& file : files)
    if (file.kind == os::FileKind::regular && file.hard_link.empty())
      content = content + Bytes{file.size};
  return content;
}

bool has_index(const Entry& entry) {
  std::error_code failed;
  return fs::is_regular_file(entry.folder / index_name, failed);
}

std::vector<ListedFile> read_index(const Entry& entry) {
  const fs::path path = entry.folder / index_name;
  return during("reading " + path.string(),
                [&] { return archive::parse_file_list(os::read_file(path)); });
}

std::optional<std::string> alteration(const Entry& entry, Look look) {
  try {
    const std::vector<ListedFile> noted = read_index(entry);
    const std::vector<ListedFile> found = look == Look::content
                                              ? archive::list_layer(entry.root, sha256_of_content())
                                              : archive::list_layer_names(entry.root);
    for (std::size_t i = 0; i < noted.size() || i < found.size(); ++i) {
      if (i == noted.size()) return archive::escaped_path(found[i].path) + ": nobody put it there";
      if (i == found.size()) return archive::escaped_path(noted[i].path) + ": it is gone";
      const std::string what = difference(noted[i], found[i], look);
      if (!what.empty()) return what;
    }
    return std::nullopt;
  } catch (const Error& error) {
    return error.message();
  }
}

}  // namespace ingot::store
