// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_content.hpp"

#include <map>

#include "archive/path_mark.hpp"
#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::disk {
namespace {

/// One name in so many is a place where a fragment block may end before it is full.
constexpr std::uint64_t one_in = 2;

class Planner {
public:
  explicit Planner(std::uint32_t block) : block_(block) {}

  SquashfsPlan run(const SquashfsTree& tree) {
    plan_.content_of.assign(tree.nodes.size(), SquashfsPlan::no_content);
    for (std::size_t node = 0; node < tree.nodes.size(); ++node) {
      const archive::ListedFile& file = *tree.nodes[node].file;
      if (file.kind != os::FileKind::regular || file.size == 0) continue;
      if (!file.digest) {
        throw Error(Fault::input,
                    format("the list has no digest of {}", archive::escaped_path(file.path)));
      }
      const auto [known, fresh] = known_.try_emplace(*file.digest, plan_.contents.size());
      plan_.content_of[node] = known->second;
      if (fresh) add(file);
    }
    close();
    return std::move(plan_);
  }

private:
  void add(const archive::ListedFile& file) {
    const std::size_t index = plan_.contents.size();
    // The ends of large files stay with them: sharing them would save little, and each would be
    // read with ends of other files.
    const bool shared = file.size < block_;
    plan_.contents.push_back({.file = &file, .blocks_size = shared ? 0 : file.size, .blocks = {}});
    if (shared) {
      share(index);
    } else {
      plan_.pieces.push_back({SquashfsPiece::Kind::blocks, index});
    }
  }

  void share(std::size_t index) {
    SquashfsContent& content = plan_.contents[index];
    const auto tail = static_cast<std::uint32_t>(content.tail());
    const bool place =
        open_.size >= block_ / 8 * 7 && archive::path_mark(content.file->path) % one_in == 0;
    if (place || open_.size + tail > block_) close();
    content.fragment = static_cast<std::uint32_t>(plan_.fragments.size());
    content.fragment_offset = open_.size;
    open_.contents.push_back(index);
    open_.size += tail;
  }

  void close() {
    if (open_.contents.empty()) return;
    plan_.pieces.push_back({SquashfsPiece::Kind::fragment, plan_.fragments.size()});
    plan_.fragments.push_back(std::move(open_));
    open_ = {};
  }

  std::uint32_t block_;
  SquashfsPlan plan_;
  SquashfsFragment open_;
  std::map<Sha256, std::size_t> known_;
};

}  // namespace

SquashfsPlan plan_squashfs(const SquashfsTree& tree, std::uint32_t block) {
  return Planner(block).run(tree);
}

}  // namespace ingot::disk
