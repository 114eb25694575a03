// SPDX-License-Identifier: Apache-2.0
#include "archive/layers.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

constexpr const char* opaque_name = "user.overlay.opaque";

bool is_whiteout(const ListedFile& file) {
  return file.kind == os::FileKind::character_device && file.device_major == 0 &&
         file.device_minor == 0;
}

class Merging {
public:
  void lay(const std::vector<ListedFile>& files, std::size_t layer) {
    for (const ListedFile& file : files) {
      if (is_whiteout(file)) {
        remove_below(file.path);
        tree_.erase(file.path);
        continue;
      }
      require_parent(file);
      // A folder joins the one below it, unless it hides it.
      if (file.kind != os::FileKind::folder || file.xattrs.contains(opaque_name))
        remove_below(file.path);
      MergedFile& place = tree_[file.path];
      place = {file, layer};
      place.file.xattrs.erase(opaque_name);
    }
  }

  std::vector<MergedFile> result(std::int64_t latest_mtime) {
    mend_hard_links();
    std::vector<ListedFile> files;
    for (auto& [path, merged] : tree_) {
      merged.file.mtime = std::min(merged.file.mtime, latest_mtime);
      files.push_back(std::move(merged.file));
    }
    put_in_order(files);
    std::vector<MergedFile> result;
    for (ListedFile& file : files) {
      const std::size_t layer = tree_.at(file.path).layer;
      result.push_back({std::move(file), layer});
    }
    return result;
  }

private:
  void remove_below(const std::string& folder) {
    if (folder == ".") return tree_.clear();
    const std::string prefix = folder + "/";
    auto at = tree_.lower_bound(prefix);
    while (at != tree_.end() && at->first.starts_with(prefix)) at = tree_.erase(at);
  }

  void require_parent(const ListedFile& file) const {
    if (file.path == ".") return;
    const std::size_t slash = file.path.rfind('/');
    const auto parent = tree_.find(slash == std::string::npos ? "." : file.path.substr(0, slash));
    if (parent == tree_.end() || parent->second.file.kind != os::FileKind::folder)
      throw Error(Fault::verification,
                  format("a layer has {}, and no folder for it", escaped_path(file.path)));
  }

  /// Names of one file stay names of one file within their layer; some of them may be gone.
  void mend_hard_links() {
    std::map<std::pair<std::size_t, std::string>, std::string> firsts;
    for (auto& [path, merged] : tree_) {
      if (merged.file.hard_link.empty() && merged.file.links < 2) continue;
      const std::string group =
          merged.file.hard_link.empty() ? merged.file.path : merged.file.hard_link;
      const auto [first, fresh] = firsts.try_emplace({merged.layer, group}, path);
      merged.file.hard_link = fresh ? std::string() : first->second;
    }
  }

  std::map<std::string, MergedFile> tree_;
};

}  // namespace

std::vector<ListedFile> list_layer(const std::filesystem::path& upper,
                                   const ContentDigest& digest) {
  return list_tree(upper, std::numeric_limits<std::int64_t>::max(), digest);
}

std::vector<ListedFile> list_layer_names(const std::filesystem::path& upper) {
  return list_tree_names(upper, std::numeric_limits<std::int64_t>::max());
}

std::vector<MergedFile> merge_layers(std::span<const std::vector<ListedFile>> layers,
                                     std::int64_t latest_mtime) {
  Merging merging;
  for (std::size_t i = 0; i < layers.size(); ++i) merging.lay(layers[i], i);
  return merging.result(latest_mtime);
}

}  // namespace ingot::archive
