// SPDX-License-Identifier: Apache-2.0
#include "disk/image.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "archive/listing.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/background_hasher.hpp"
#include "disk/ext4.hpp"
#include "disk/gpt.hpp"
#include "os/file.hpp"
#include "os/filled_ranges.hpp"
#include "os/place.hpp"

namespace ingot::disk {

namespace {

/// Blocks on their way into the image, hashed as they pass; what lies between them is zeros.
class HashedBlocks : public BlockSink {
public:
  HashedBlocks(int fd, const std::filesystem::path& name)
      : fd_(fd), name_(name), blocks_(fd, name) {}

  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    skip_to(offset);
    hasher_.update(bytes);
    position_ += bytes.size();
    blocks_.write(offset, bytes);
  }

  void skip_to(std::uint64_t offset) {
    if (offset <= position_) return;
    hasher_.update_zeros(offset - position_);
    position_ = offset;
  }

  /// What somebody else has written there. Holes are not read: they would fill the page cache.
  void read_up_to(std::uint64_t offset) {
    std::vector<std::uint8_t> buffer(1U << 20);
    for (const os::FilledRange& range : os::filled_ranges(fd_, name_)) {
      if (range.offset >= offset) break;
      skip_to(range.offset);
      const std::uint64_t end = std::min(offset, range.offset + range.size);
      while (position_ < end) {
        const std::uint64_t count = std::min<std::uint64_t>(buffer.size(), end - position_);
        const std::span<std::uint8_t> part(buffer.data(), static_cast<std::size_t>(count));
        os::read_at(fd_, name_, position_, part);
        hasher_.update(part);
        position_ += count;
      }
    }
    skip_to(offset);
  }

  Sha256 finish() { return hasher_.finish(); }

private:
  int fd_;
  const std::filesystem::path& name_;
  FileBlocks blocks_;
  std::uint64_t position_ = 0;
  crypto::BackgroundHasher hasher_;
};

}  // namespace

TreeContent folder_content(const std::filesystem::path& folder, std::int64_t epoch) {
  return {archive::list_tree_names(folder, epoch), archive::content_below(folder)};
}

DiskResult write_disk(const DiskRequest& request) {
  return during(format("writing the disk image {}", request.output.string()), [&] {
    DiskResult result{.layout = plan_layout(request.spec), .allocated = {}, .digest = {}};
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
    HashedBlocks blocks(file.fd(), name);
    blocks.read_up_to(layout.root().offset());
    write_ext4({.offset = layout.root().offset(),
                .size = layout.root().size(),
                .id = layout.file_system,
                .hash_seed = layout.hash_seed,
                .label = "root",
                .epoch = request.epoch},
               request.root.files, request.root.open, blocks);
    blocks.skip_to(layout.root().offset() + layout.root().size().count);
    blocks.read_up_to(size);
    result.digest = {blocks.finish(), size};
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
