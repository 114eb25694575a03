// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <algorithm>
#include <future>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "os/place.hpp"
#include "os/file.hpp"

namespace ingot::disk {
namespace {

void hash_range(crypto::Hasher& hasher, const os::AtomicFile& file, std::uint64_t from,
                std::uint64_t to) {
  std::vector<std::uint8_t> buffer(256 * 1024);
  while (from != to) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), to - from));
    const std::span<std::uint8_t> piece = std::span(buffer).first(size);
    os::read_at(file.fd(), file.temporary(), from, piece);
    hasher.update(std::span<const std::uint8_t>(piece));
    from += size;
  }
}

}  // namespace

RootImage make_root_image(const RootImageSpec& spec) {
  return during(format("writing the root image {}", spec.output.string()), [&] {
    os::AtomicFile file(spec.output);
    SquashfsImage image = write_squashfs(spec.files, spec.open, spec.recall, spec.squashfs,
                                         file.fd(), file.temporary());
    // The tree only appends, so the image can be hashed meanwhile.
    crypto::Hasher hasher;
    std::future<void> hashed =
        std::async(std::launch::async, [&] { hash_range(hasher, file, 0, image.size); });
    const Verity verity =
        append_verity(file.fd(), file.temporary(),
                      {.salt = spec.salt, .uuid = spec.uuid, .workers = spec.squashfs.workers});
    hashed.get();
    hash_range(hasher, file, image.size, verity.size);
    file.commit();
    return RootImage{hasher.finish(), verity.size, verity, std::move(image.pieces)};
  });
}

}  // namespace ingot::disk
