// SPDX-License-Identifier: Apache-2.0
#include "disk/image.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "archive/listing.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "disk/ext4.hpp"
#include "disk/gpt.hpp"
#include "os/file.hpp"

namespace ingot::disk {

TreeContent folder_content(const std::filesystem::path& folder, std::int64_t epoch) {
  return {archive::list_tree_names(folder, epoch), archive::content_below(folder)};
}

DiskResult write_disk(const DiskRequest& request) {
  return during(format("writing the disk image {}", request.output.string()), [&] {
    DiskResult result{.layout = plan_layout(request.spec), .allocated = {}};
    const Layout& layout = result.layout;
    os::AtomicFile file(request.output);
    const std::filesystem::path& name = file.temporary();
    const std::uint64_t size = layout.table.sectors * sector_size;
    if (::ftruncate(file.fd(), static_cast<off_t>(size)) != 0) {
      throw_errno(format("cannot make {} {} MiB long", name.string(), size >> 20));
    }
    // The small parts first: their faults show before the long work.
    write_fat(file.fd(), name,
              {.offset = layout.esp().offset(),
               .size = layout.esp().size(),
               .volume_id = layout.volume_id,
               .label = "ESP",
               .epoch = request.epoch,
               .files = request.esp_files});
    write_gpt(file.fd(), name, layout.table);
    make_ext4({.offset = layout.root().offset(),
               .size = layout.root().size(),
               .id = layout.file_system,
               .hash_seed = layout.hash_seed,
               .label = "root",
               .epoch = request.epoch},
              request.root.files, request.root.open, file.fd(), name);
    struct stat status {};
    if (::fstat(file.fd(), &status) != 0) {
      throw_errno("cannot look at the finished image");
    }
    result.allocated = {static_cast<std::uint64_t>(status.st_blocks) * 512};
    file.commit();
    return result;
  });
}

}  // namespace ingot::disk
