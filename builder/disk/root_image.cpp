// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <bit>
#include <limits>
#include <vector>

#include <fcntl.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "crypto/hasher.hpp"
#include "disk/place.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"

namespace ingot::disk {

namespace {

constexpr std::string_view tree_inside = "/run/ingot/tree";
constexpr std::string_view image_inside = "/run/ingot/image";
constexpr std::uint32_t magic = 0x73717368;
constexpr std::uint64_t padding = 4096;

void check(const RootImageSpec& spec) {
  if (!std::has_single_bit(spec.block) || spec.block < 4096 || spec.block > (1U << 20)) {
    throw Error(Fault::input, format("a block of {} bytes is not possible: a power of two from "
                                     "4096 to 1048576",
                                     spec.block));
  }
  if (spec.level < 1 || spec.level > 22) {
    throw Error(Fault::input, format("zstd has no level {}: 1 to 22", spec.level));
  }
  if (spec.epoch < 0 || spec.epoch > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(Fault::input, format("squashfs cannot hold the time {}", spec.epoch));
  }
}

/// An image that ends early or belongs to another build must not leave the room.
void check_superblock(const RootImageSpec& spec, const std::filesystem::path& image, int fd) {
  const std::uint64_t size = std::filesystem::file_size(image);
  std::vector<std::uint8_t> super(96);
  read_at(fd, image, 0, super);
  const auto used = load_le<std::uint64_t>(super, 40);
  if (load_le<std::uint32_t>(super, 0) != magic ||
      load_le<std::uint32_t>(super, 8) != static_cast<std::uint32_t>(spec.epoch) ||
      load_le<std::uint32_t>(super, 12) != spec.block || used > size || size - used >= padding) {
    throw Error(Fault::step_failed,
                "mksquashfs left an image whose superblock is not what was asked for");
  }
}

}  // namespace

os::Command root_image_command(const RootImageSpec& spec) {
  check(spec);
  os::Command command;
  command.program = "mksquashfs";
  command.args = {std::string(tree_inside),
                  std::string(image_inside),
                  "-noappend",
                  "-no-progress",
                  "-quiet",
                  "-exit-on-error",
                  "-comp",
                  "zstd",
                  "-Xcompression-level",
                  format("{}", spec.level),
                  "-b",
                  format("{}", spec.block)};
  if (spec.workers != 0) {
    command.args.insert(command.args.end(), {"-processors", format("{}", spec.workers)});
  }
  // The image's own time, and the latest of its files; earlier ones stay as they are.
  command.env["SOURCE_DATE_EPOCH"] = format("{}", spec.epoch);
  command.why = "make the root image";
  return command;
}

RootImage make_root_image(const Tool& tool, const RootImageSpec& spec) {
  return during(format("writing the root image {}", spec.output.string()), [&] {
    const os::Command command = root_image_command(spec);
    os::AtomicFile file(spec.output);
    const os::Outcome outcome =
        tool(command, {{spec.tree, std::string(tree_inside), os::Access::read_only},
                       {file.temporary(), std::string(image_inside), os::Access::read_write}});
    expect_ok(outcome, command, "squashfs-tools");
    const os::Fd fd = os::open_file(file.temporary(), O_RDWR);
    check_superblock(spec, file.temporary(), fd.get());
    const Verity verity =
        append_verity(fd.get(), file.temporary(),
                      {.salt = spec.salt, .uuid = spec.uuid, .workers = spec.workers});
    const crypto::FileDigest measured = crypto::measure_file(file.temporary());
    file.commit();
    return RootImage{measured.digest, measured.size, verity};
  });
}

}  // namespace ingot::disk
