// SPDX-License-Identifier: Apache-2.0
#include "run/build_needs.hpp"

#include "base/format.hpp"

namespace ingot::run {
namespace {

// Measured: 354 MB of packages become a tree of 1.45 GB, and a release of tar, netboot files and
// disk takes about six times its packages.
constexpr std::uint64_t tree_growth = 5;
constexpr std::uint64_t release_growth = 7;
/// Objects of the NVIDIA modules before they are stripped.
constexpr Bytes module_objects = 1_GiB;
constexpr Bytes usual_machine = 2_GiB;
constexpr Bytes usual_root_image = 384_MiB;

}  // namespace

BuildNeeds usual_needs() {
  return {.cache = 6_GiB,
          .output = 3_GiB,
          .temporary = 256_MiB,
          .memory = 2_GiB,
          .machine = usual_machine + usual_root_image,
          .origin = "an image with GPU parts",
          .packages_stored = false};
}

BuildNeeds needs_of(const spec::Lock& lock, bool compiles_modules, Bytes absent, Bytes release) {
  Bytes image;
  Bytes build;
  for (const spec::LockedPackage& package : lock.image_root) image = image + package.size;
  for (const spec::LockedPackage& package : lock.build_root) build = build + package.size;
  BuildNeeds needs = usual_needs();
  needs.packages_stored = absent.count == 0;
  needs.cache = absent + Bytes{(image + build).count * tree_growth};
  if (compiles_modules) needs.cache = needs.cache + module_objects;
  needs.output = release.count != 0 ? release : Bytes{image.count * release_growth};
  // The root image of a machine that boots from the network lies in its memory.
  needs.machine = usual_machine + image;
  needs.origin = release.count != 0 ? format("the lock and the release of {}", lock.image)
                                    : format("the lock of {}", lock.image);
  return needs;
}

}  // namespace ingot::run
