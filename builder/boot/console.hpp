// SPDX-License-Identifier: Apache-2.0
// What a booting node's serial console says about how far it came and why it stopped.
#pragma once

#include <string>
#include <string_view>

namespace ingot::boot {

/// In the order in which a node passes them.
enum class BootPhase { firmware, kernel, initrd, user_space };

std::string_view name_of(BootPhase phase) noexcept;

enum class BootFailure {
  none,
  firmware,  ///< firmware gave up: nothing to boot, access denied
  kernel_panic,
  root_refused,  ///< the initrd did not get or not accept its root
  user_space,    ///< systemd's emergency or rescue mode
};

struct ConsoleState {
  BootPhase phase = BootPhase::firmware;
  BootFailure failure = BootFailure::none;
  std::string reason;     ///< the console line that tells, without control characters
  std::string complaint;  ///< the last line that says why something did not work, fatal or not
};

/// Reads the console as it grows. Foreign input: any bytes, any length.
class ConsoleReader {
public:
  /// Takes the next bytes. Lines may be cut anywhere.
  void feed(std::string_view bytes);
  const ConsoleState& state() const noexcept { return state_; }

private:
  void line(std::string_view text);
  std::string rest_;
  ConsoleState state_;
};

}  // namespace ingot::boot
