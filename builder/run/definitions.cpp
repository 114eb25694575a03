// SPDX-License-Identifier: Apache-2.0
#include "run/definitions.hpp"

#include "base/error.hpp"
#include "os/file.hpp"

namespace ingot::run {

spec::ResolvedImage load_image(const std::filesystem::path& project, const std::string& image) {
  spec::Diagnostics diagnostics;
  spec::ResolvedImage resolved = spec::resolve(project, image, diagnostics);
  diagnostics.throw_if_any();
  return resolved;
}

std::optional<spec::Lock> load_lock(const spec::ResolvedImage& image) {
  const std::filesystem::path file = image.lock_file();
  const auto text = os::read_file_if_any(file, 16U << 20);
  if (!text) return std::nullopt;
  spec::Diagnostics diagnostics;
  auto lock = spec::parse_lock(*text, file.lexically_relative(image.project).string(), diagnostics);
  diagnostics.throw_if_any();
  return lock;
}

}  // namespace ingot::run
