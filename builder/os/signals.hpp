// SPDX-License-Identifier: Apache-2.0
// Asking the program to stop: SIGINT, SIGTERM and SIGHUP set a flag that long work looks at.
#pragma once

namespace ingot::os {

/// Installs the handlers and ignores SIGPIPE. Called once, by main.
void catch_stop_signals();

/// The signal that asked us to stop, or 0.
int stop_requested() noexcept;

/// Throws Interrupted when a stop was requested.
void check_stop();

/// Asks the work of this process to stop, as a signal would, because a part of it has failed.
/// False when a stop was requested before.
bool ask_to_stop() noexcept;

/// Takes back what ask_to_stop() asked (when `asked`); a signal that came meanwhile stays.
void forget_stop(bool asked) noexcept;

}  // namespace ingot::os
