// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4.hpp"

#include "base/error.hpp"
#include "disk/ext4_writer.hpp"

namespace ingot::disk {

void write_ext4(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files,
                const OpenContent& open, BlockSink& sink) {
  during("writing the root partition", [&] {
    const Ext4Plan plan = plan_ext4(spec, files);
    BlockStream stream(sink);
    write_planned(plan, open, stream);
    stream.finish();
  });
}

void make_ext4(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files,
               const OpenContent& open, int image, const std::filesystem::path& image_name) {
  FileBlocks sink(image, image_name);
  write_ext4(spec, files, open, sink);
}

}  // namespace ingot::disk
