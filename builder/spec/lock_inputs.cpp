// SPDX-License-Identifier: Apache-2.0
#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/lock.hpp"

namespace ingot::spec {
namespace {

// One fact per line. None of the values can hold a line break: they were checked when read.

std::string package_line(const char* kind, const ResolvedPackage& package) {
  return format("  {} {} {}\n", kind, package.name, package.version.value_or("any"));
}

std::string repository_line(const ResolvedRepository& repository) {
  return format("  repository {} archive {} suite {} components {} keyring {} signed-by {}\n",
                repository.name, repository.archive, repository.suite,
                joined(repository.components, ","), repository.keyring_name,
                joined(repository.signed_by, ","));
}

}  // namespace

std::string lock_inputs(const ResolvedImage& image) {
  std::string text =
      format("lock-inputs {}\narchitecture {}\n", Lock::current_format, image.architecture);
  if (image.kernel) {
    text += format("kernel {} {}\nkernel-headers {} {}\n", image.kernel->image.package,
                   image.kernel->image.version, image.kernel->headers.package,
                   image.kernel->headers.version);
  }
  if (image.driver) {
    text += format("driver {} {}\ndriver-source {} {}\n", image.driver->version,
                   image.driver->package_version, image.driver->source.package,
                   image.driver->source.version);
  }
  for (const ResolvedLayer& layer : image.layers) {
    // A layer of files and scripts alone does not make a lock stale.
    if (layer.repositories.empty() && layer.packages.empty() && layer.build_root.empty()) continue;
    text += format("layer {}\n", layer.name);
    for (const ResolvedRepository& repository : layer.repositories) {
      text += repository_line(repository);
    }
    for (const ResolvedPackage& package : layer.packages) text += package_line("image", package);
    for (const ResolvedPackage& package : layer.build_root) text += package_line("build", package);
  }
  return text;
}

}  // namespace ingot::spec
