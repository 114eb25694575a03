// SPDX-License-Identifier: Apache-2.0
#include "boot/console.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/words.hpp"

namespace ingot::boot {
namespace {

// Longer lines are cut here: nothing that matters is that long.
constexpr std::size_t longest_line = 4096;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <std::size_t Count>
bool has_any(std::string_view text, const std::array<std::string_view, Count>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return has(text, part); });
}

constexpr std::array<std::string_view, 3> kernel_marks = {"EFI stub: ", "] Linux version ",
                                                          "] Command line: "};
constexpr std::array<std::string_view, 3> initrd_marks = {"Run /init as init process",
                                                          "Loading, please wait...", "Begin: "};
constexpr std::array<std::string_view, 4> user_space_marks = {
    "systemd[1]: ", "Welcome to ", "starting user space", "ingot-selftest"};

// What firmware does when nothing that it was told to boot can be booted: IPv6 comes after disks
// and IPv4, and would only be followed by minutes of further protocols.
constexpr std::array<std::string_view, 6> firmware_dead_ends = {
    "\"EFI Internal Shell\"", "UEFI Interactive Shell", "No bootable option",
    "Access Denied",          "Security Violation",     ">>Start PXE over IPv6"};
constexpr std::array<std::string_view, 3> firmware_complaints = {"BdsDxe: failed", "PXE-E",
                                                                 "Error: "};

constexpr std::array<std::string_view, 4> initrd_dead_ends = {
    "Gave up waiting for root", "Spawning shell within the initramfs", "(initramfs)",
    "No init found. Try passing init="};
constexpr std::array<std::string_view, 3> user_space_dead_ends = {
    "You are in emergency mode", "You are in rescue mode", "Freezing execution"};

// Escape sequences and control characters away; ESC [ ... letter, and ESC with one character.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\x1b') {
      ++at;
      if (at < text.size() && text[at] == '[') {
        do ++at;
        while (at < text.size() && (text[at] < '@' || text[at] > '~'));
      }
    } else if (c == '\t') {
      out += ' ';
    } else if (c >= ' ' && c <= '~') {
      out += c;
    }
  }
  return std::string(trimmed(out));
}

}  // namespace

std::string_view name_of(BootPhase phase) noexcept {
  switch (phase) {
    case BootPhase::firmware:
      return "firmware";
    case BootPhase::kernel:
      return "kernel";
    case BootPhase::initrd:
      return "initrd";
    case BootPhase::user_space:
      return "user space";
  }
  return "unknown";
}

void ConsoleReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find_first_of("\r\n");
    const std::string_view piece = bytes.substr(0, end);
    rest_.append(piece.substr(0, longest_line - std::min(longest_line, rest_.size())));
    if (end == std::string_view::npos) break;
    line(plain(rest_));
    rest_.clear();
    bytes.remove_prefix(end + 1);
  }
  // A prompt waits for input on the line that it ends.
  if (has(rest_, "(initramfs) ")) line(plain(rest_));
}

void ConsoleReader::line(std::string_view text) {
  if (text.empty()) return;
  const auto reached = [&](BootPhase phase) { state_.phase = std::max(state_.phase, phase); };
  const auto failed = [&](BootFailure failure) {
    if (state_.failure != BootFailure::none) return;
    state_.failure = failure;
    state_.reason = text;
    if (!state_.complaint.empty() && state_.complaint != text)
      state_.reason += " (" + state_.complaint + ")";
  };

  if (state_.phase == BootPhase::firmware && has_any(text, kernel_marks)) {
    reached(BootPhase::kernel);
    state_.complaint.clear();
  }
  if (state_.phase == BootPhase::firmware) {
    // The first tells of the option that was meant to boot.
    if (state_.complaint.empty() && has_any(text, firmware_complaints)) state_.complaint = text;
    if (has_any(text, firmware_dead_ends)) failed(BootFailure::firmware);
    return;
  }
  if (has_any(text, initrd_marks)) reached(BootPhase::initrd);
  if (has_any(text, user_space_marks)) reached(BootPhase::user_space);

  if (has(text, "Kernel panic - not syncing")) {
    failed(BootFailure::kernel_panic);
  } else if (state_.phase == BootPhase::user_space) {
    if (has_any(text, user_space_dead_ends)) failed(BootFailure::user_space);
  } else if (has(text, "ingot: giving up")) {
    failed(BootFailure::root_refused);
  } else if (has_any(text, initrd_dead_ends)) {
    failed(BootFailure::root_refused);
  } else if (has(text, "ingot: refused: ") || has(text, "ingot: no ")) {
    state_.complaint = text;
  }
}

}  // namespace ingot::boot
