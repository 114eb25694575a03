// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"

namespace ingot::disk {

RootImage make_root_image(const RootImageSpec& spec) {
  return during(format("writing the root image {}", spec.output.string()), [&] {
    os::AtomicFile file(spec.output);
    SquashfsImage image = write_squashfs(spec.files, spec.open, spec.recall, spec.squashfs,
                                         file.fd(), file.temporary());
    const Verity verity =
        append_verity(file.fd(), file.temporary(),
                      {.salt = spec.salt, .uuid = spec.uuid, .workers = spec.squashfs.workers});
    const crypto::FileDigest measured = crypto::measure_file(file.temporary());
    file.commit();
    return RootImage{measured.digest, measured.size, verity, std::move(image.pieces)};
  });
}

}  // namespace ingot::disk
