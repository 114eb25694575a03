// SPDX-License-Identifier: Apache-2.0
#include "os/copy.hpp"

#include <vector>

#include <fcntl.h>

#include "os/file.hpp"

namespace ingot::os {

// Not std::filesystem::copy_file: that says "input/output error" when a disk is full.
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to, unsigned mode) {
  const Fd source = open_file(from, O_RDONLY);
  AtomicFile target(to, mode);
  std::vector<std::uint8_t> buffer(1U << 18);
  while (const std::size_t count = read_some(source.get(), buffer, from))
    target.write(std::span<const std::uint8_t>(buffer).first(count));
  target.commit();
}

}  // namespace ingot::os
