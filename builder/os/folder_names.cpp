// SPDX-License-Identifier: Apache-2.0
#include "os/folder_names.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.hpp"
#include "base/handle.hpp"

namespace ingot::os {

std::vector<std::string> folder_names(int folder, const std::filesystem::path& shown) {
  const int own = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) throw_errno("cannot list " + shown.string());
  const CHandle<DIR, ::closedir> stream(::fdopendir(own));
  if (!stream) {
    const int reason = errno;
    ::close(own);
    throw_errno("cannot list " + shown.string(), reason);
  }
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) throw_errno("cannot list " + shown.string());
  return names;
}

}  // namespace ingot::os
