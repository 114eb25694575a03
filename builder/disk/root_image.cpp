// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <algorithm>
#include <array>
#include <bit>

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
constexpr std::uint64_t superblock_at = 1024;
constexpr std::uint32_t magic = 0xe0f5e1e2;

void check(const RootImageSpec& spec) {
  if (!std::has_single_bit(spec.cluster) || spec.cluster < 4096 || spec.cluster > (1U << 20)) {
    throw Error(Fault::input, format("a compression cluster of {} bytes is not possible: a power "
                                     "of two from 4096 to 1048576",
                                     spec.cluster));
  }
  const bool plain = std::all_of(spec.compression.begin(), spec.compression.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ',' || c == '=';
  });
  if (!plain) {
    throw Error(Fault::input, format("'{}' is no compression of mkfs.erofs, as \"zstd,level=3\" is",
                                     spec.compression));
  }
}

/// An image that ends early or belongs to another build must not leave the room.
void check_superblock(const std::filesystem::path& image, const Guid& id, std::uint64_t size) {
  const os::Fd fd = os::open_file(image, O_RDONLY);
  std::vector<std::uint8_t> super(128);
  read_at(fd.get(), image, superblock_at, super);
  std::array<std::uint8_t, Guid::size> uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    uuid[i] = super[48 + i];
  }
  // EROFS keeps the UUID in the order of its text.
  std::string text;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    const bool dash = i == 4 || i == 6 || i == 8 || i == 10;
    text += format("{}{:02x}", dash ? "-" : "", uuid[i]);
  }
  const std::uint64_t blocks = load_le<std::uint32_t>(super, 36);
  const unsigned block_bits = super[12];
  if (load_le<std::uint32_t>(super, 0) != magic || text != id.text() || block_bits < 9 ||
      block_bits > 16 || blocks << block_bits != size) {
    throw Error(Fault::step_failed,
                "mkfs.erofs left an image whose superblock is not what was "
                "asked for");
  }
}

}  // namespace

os::Command root_image_command(const RootImageSpec& spec) {
  check(spec);
  os::Command command;
  command.program = "mkfs.erofs";
  command.args = {"--quiet", format("-T{}", spec.epoch), "-U", spec.id.text()};
  if (!spec.compression.empty()) {
    command.args.push_back("-z" + spec.compression);
    command.args.push_back(format("-C{}", spec.cluster));
  }
  if (spec.workers != 0) {
    command.args.push_back(format("--workers={}", spec.workers));
  }
  command.args.insert(command.args.end(), {std::string(image_inside), std::string(tree_inside)});
  // With it earlier modification times stay as they are; -T alone would set all of them.
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
    expect_ok(outcome, command, "erofs-utils");
    const crypto::FileDigest measured = crypto::measure_file(file.temporary());
    check_superblock(file.temporary(), spec.id, measured.size);
    file.commit();
    return RootImage{measured.digest, measured.size};
  });
}

}  // namespace ingot::disk
