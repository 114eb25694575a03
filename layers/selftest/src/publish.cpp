// SPDX-License-Identifier: Apache-2.0
#include "publish.hpp"

#include <cerrno>
#include <chrono>
#include <functional>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "broken.hpp"
#include "file.hpp"

namespace ingot::selftest {

namespace fs = std::filesystem;

namespace {

// Writes to a device that may never take the bytes: a port nobody reads, a stopped console.
void write_device(const fs::path& path, std::string_view text, std::chrono::seconds limit) {
  using Clock = std::chrono::steady_clock;
  const Fd device(::open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!device) throw Broken(path.string() + " cannot be opened: " + text_of_errno(errno));
  const auto deadline = Clock::now() + limit;
  while (!text.empty()) {
    const ssize_t count = ::write(device.get(), text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {
      if (Clock::now() >= deadline) throw Broken(path.string() + " does not take the report");
      pollfd wait{.fd = device.get(), .events = POLLOUT, .revents = 0};
      ::poll(&wait, 1, 100);
    } else if (count < 0 && errno != EINTR) {
      throw Broken(path.string() + " cannot be written: " + text_of_errno(errno));
    }
  }
}

void write_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw Broken(path.parent_path().string() + " cannot be made: " + error.message());
  write_whole(path, text);
}

}  // namespace

std::vector<std::string> publish(const Report& report, const Roots& roots) {
  std::vector<std::string> faults;
  const auto attempt = [&](const std::function<void()>& work) {
    try {
      work();
    } catch (const std::exception& error) {
      faults.emplace_back(error.what());
    }
  };
  const std::string json = to_json(report) + "\n";
  attempt([&] { write_file(roots.at("/run/ingot/selftest.json"), json); });
  attempt([&] {
    write_file(roots.at("/etc/kubernetes/node-feature-discovery/features.d/ingot"),
               labels_of(report));
  });
  const auto console = roots.at("/dev/console");
  if (fs::exists(console)) {
    std::string text;
    for (const std::string& line : failure_lines(report)) text += line + "\r\n";
    text += summary_line(report) + "\r\n";
    attempt([&] { write_device(console, text, std::chrono::seconds(5)); });
  }
  // The harness ends the machine once it has the report, so this comes last.
  const auto port = roots.at("/dev/virtio-ports/org.ingot.selftest");
  if (fs::exists(port)) {
    attempt([&] { write_device(port, json, std::chrono::seconds(60)); });
  }
  return faults;
}

}  // namespace ingot::selftest
