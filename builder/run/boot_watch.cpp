// SPDX-License-Identifier: Apache-2.0
#include "run/boot_watch.hpp"

#include <fcntl.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/format.hpp"
#include "base/words.hpp"
#include "os/clock.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"

namespace ingot::run {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_every{100};
// What the kernel prints after the first line of a panic is worth having in the log.
constexpr milliseconds after_failure{1500};
constexpr std::size_t largest_report = 4U << 20;
constexpr std::size_t largest_console = 64U << 20;

// A file that somebody else appends to.
class Growing {
public:
  explicit Growing(std::filesystem::path path)
      : path_(std::move(path)), fd_(os::open_file(path_, O_RDONLY)) {}

  /// What was added since the last call, at most one buffer of it.
  std::string_view next() {
    const std::size_t count = os::read_some(fd_.get(), buffer_, path_);
    total_ += count;
    return {reinterpret_cast<const char*>(buffer_.data()), count};
  }
  std::size_t total() const noexcept { return total_; }

private:
  std::filesystem::path path_;
  os::Fd fd_;
  std::array<std::uint8_t, std::size_t{64} << 10> buffer_{};
  std::size_t total_ = 0;
};

// The last thing that QEMU said, without line ends.
std::string last_words(const std::filesystem::path& folder) {
  const std::string text = os::read_file_if_any(folder / boot::qemu_log).value_or("");
  std::string last = "nothing said";
  for (const std::string& line : split(text, '\n')) {
    if (!trimmed(line).empty()) last = trimmed(line).substr(0, 300);
  }
  return last;
}

class Watch {
public:
  explicit Watch(const std::filesystem::path& folder)
      : serial_(folder / boot::serial_log), report_(folder / boot::report_file) {}

  const boot::ConsoleState& console() const { return reader_.state(); }

  void read_console() {
    // Each turn takes all there is, unless a node floods its console.
    for (int turns = 0; turns < 64 && serial_.total() < largest_console; ++turns) {
      const std::string_view bytes = serial_.next();
      if (bytes.empty()) return;
      reader_.feed(bytes);
    }
  }

  /// The report's line once its end has come.
  std::optional<std::string> read_report() {
    while (text_.size() <= largest_report) {
      const std::string_view bytes = report_.next();
      if (bytes.empty()) return std::nullopt;
      text_ += bytes;
      const std::size_t end = text_.find('\n');
      if (end != std::string::npos) return text_.substr(0, end);
    }
    return text_;  // the judge refuses it for its size
  }

private:
  Growing serial_;
  Growing report_;
  boot::ConsoleReader reader_;
  std::string text_;
};

}  // namespace

WatchedBoot watch_boot(boot::Machine& machine, const std::filesystem::path& folder,
                       std::chrono::seconds limit,
                       const std::function<void(boot::BootPhase, milliseconds)>& on_phase) {
  const os::Clock& clock = os::system_clock();
  const auto start = clock.steady();
  const auto now = [&] { return std::chrono::duration_cast<milliseconds>(clock.steady() - start); };
  Watch watch(folder);
  WatchedBoot boot;
  std::optional<milliseconds> failed_at;
  for (;;) {
    // QEMU is looked at first, so that what it wrote before its end is read below.
    const auto ended = machine.poll();
    watch.read_console();
    const boot::BootPhase phase = watch.console().phase;
    if (boot.phases.empty() || boot.phases.back().first != phase) {
      boot.phases.emplace_back(phase, now());
      on_phase(phase, now());
    }
    boot.seen.report = watch.read_report();
    if (watch.console().failure != boot::BootFailure::none && !failed_at) failed_at = now();
    boot.seen.timed_out = now() >= limit;
    if (boot.seen.report || ended || boot.seen.timed_out ||
        (failed_at && now() - *failed_at >= after_failure)) {
      boot.seen.console = watch.console();
      boot.took = now();
      if (ended) {
        boot.seen.qemu_exit_code = ended->exit_code;
        boot.seen.qemu_said = last_words(folder);
      }
      return boot;
    }
    os::check_stop();
    std::this_thread::sleep_for(look_every);
  }
}

}  // namespace ingot::run
