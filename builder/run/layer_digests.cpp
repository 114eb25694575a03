// SPDX-License-Identifier: Apache-2.0
#include "run/layer_digests.hpp"

#include "crypto/hasher.hpp"
#include "os/tree.hpp"

namespace ingot::run {

plan::FolderDigest digest_of_folder(const std::filesystem::path& folder) {
  plan::FolderDigest result;
  crypto::FieldHasher hasher("ingot.folder.v2");
  os::walk_tree(folder, [&](const os::TreeEntry& entry, const std::function<os::Fd()>& open) {
    // Steps take files only; a checkout keeps no empty folders, an older one may still have some.
    if (entry.kind == os::FileKind::folder) return;
    hasher.field(entry.path).field(static_cast<std::uint64_t>(entry.kind));
    if (entry.kind == os::FileKind::link) {
      hasher.field(entry.target);
      result.parts[entry.path] = "-> " + entry.target;
    }
    if (entry.kind == os::FileKind::regular) {
      hasher.field((entry.mode & 0100) != 0 ? "program" : "file");
      const os::Fd fd = open();
      const std::string digest = crypto::measure_fd(fd.get(), folder / entry.path).digest.hex();
      hasher.field(digest);
      result.parts[entry.path] = ((entry.mode & 0100) != 0 ? "program " : "") + digest;
    }
  });
  result.whole = hasher.finish();
  return result;
}

std::map<std::string, plan::LayerDigests> layer_digests(const spec::ResolvedImage& image) {
  std::map<std::string, plan::LayerDigests> digests;
  for (const spec::ResolvedLayer& layer : image.layers) {
    const spec::LayerContent& content = layer.content;
    plan::LayerDigests& of = digests[layer.name];
    if (content.files) of.files = digest_of_folder(*content.files);
    if (content.src) of.src = digest_of_folder(*content.src);
    if (content.build) of.build = crypto::digest_of_file(*content.build);
    if (content.configure) of.configure = crypto::digest_of_file(*content.configure);
    if (content.finish) of.finish = crypto::digest_of_file(*content.finish);
  }
  return digests;
}

std::vector<Sha256> patch_digests(const spec::ResolvedImage& image) {
  std::vector<Sha256> digests;
  if (image.driver)
    for (const spec::Patch& patch : image.driver->patches)
      digests.push_back(crypto::digest_of_file(patch.path));
  return digests;
}

}  // namespace ingot::run
