// SPDX-License-Identifier: Apache-2.0
#include "step/log.hpp"

#include <fcntl.h>

#include <string>

#include "base/error.hpp"

namespace ingot::step {

Log::Log(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code error;
  std::filesystem::create_directories(path_.parent_path(), error);
  if (error) throw_errno("making the folder of " + path_.string(), error.value());
  fd_ = os::open_file(path_, O_WRONLY | O_CREAT | O_TRUNC);
}

void Log::line(std::string_view step, std::string_view text) {
  std::string line;
  line.reserve(step.size() + text.size() + 3);
  line.append(step).append("| ").append(text).append("\n");
  const std::scoped_lock lock(mutex_);
  os::write_all(fd_.get(), {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}, path_);
}

}  // namespace ingot::step
