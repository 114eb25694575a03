// SPDX-License-Identifier: Apache-2.0
#include "run/tree_texts.hpp"

#include "archive/file_lookup.hpp"
#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::run {
namespace {

constexpr std::uint64_t largest_text = 16ULL << 20;
constexpr std::uint64_t most_text = 64ULL << 20;
constexpr std::uint64_t largest_module = 512ULL << 20;

}  // namespace

TreeTexts read_tree_texts(const ReleaseTree& tree, const std::set<std::string>& texts,
                          const std::set<std::string>& modules) {
  const archive::FileLookup files(tree.files);
  std::uint64_t size = 0;
  for (const std::string& path : texts) {
    const archive::ListedFile* file = files.find(path);
    if (file == nullptr) continue;
    if (file->size > largest_text || size + file->size > most_text) {
      throw Error(
          Fault::verification,
          format("{}: /{} is too large to be compared: more than {} bytes, or more than {} "
                 "with others of its kind",
                 tree.place.string(), archive::escaped_path(path), largest_text, most_text));
    }
    size += file->size;
  }
  std::set<std::string> paths = texts;
  paths.insert(modules.begin(), modules.end());
  TreeTexts result;
  read_contents(tree, paths, largest_module,
                [&](const std::string& path, const std::string& content) {
                  if (texts.contains(path)) result.texts.emplace(path, content);
                  if (modules.contains(path))
                    result.modules.emplace(path, module_facts(content, path));
                });
  return result;
}

}  // namespace ingot::run
