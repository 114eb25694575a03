// SPDX-License-Identifier: Apache-2.0
// What a check is, and the node that it looks at.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image.hpp"
#include "result.hpp"
#include "roots.hpp"

namespace ingot::selftest {

/// A device node: character device numbers and permission bits.
struct DeviceNode {
  unsigned major = 0;
  unsigned minor = 0;
  mode_t mode = 0;
};

/// A device node at an absolute path of the node, or nothing.
using DeviceLookup = std::function<std::optional<DeviceNode>(std::string_view absolute)>;

/// Everything a check may look at; made once, before the first check runs.
struct Node {
  Roots roots;
  std::string kernel;  ///< release of the running kernel; when building, of the image's kernel
  std::filesystem::path manifest;  ///< the file; its signature lies beside it
  std::optional<Image> image;
  std::string image_fault;  ///< why there is no image
  Profile profile;
  std::string profile_fault;      ///< why the machine's own profile cannot be used; empty if it can
  std::vector<std::string> gpus;  ///< PCI addresses
  std::string nvml = "libnvidia-ml.so.1";
  bool building = false;  ///< the tree is an image being built, not a booted node
  DeviceLookup device_at;

  /// Whether the checks look at the machine they run on.
  bool live() const { return roots.live() && !building; }
};

enum class When { always, gpu, no_gpu };
/// What must be in the image for a check to make sense.
enum class Needs { nothing, image, driver, containerd };

using Work = Result (*)(const Node&);

/// One row of the catalogue.
struct Check {
  std::string_view id;
  Severity severity = Severity::fatal;
  When when = When::always;
  Needs needs = Needs::nothing;
  bool at_build = false;  ///< holds for a tree that is not running
  std::chrono::milliseconds limit{};
  Work work = nullptr;
  std::string_view what;     ///< one line: what is true when it passes
  std::string_view explain;  ///< what a failure means and how to mend it
};

/// Every check, in the order in which they run.
std::span<const Check> catalogue();

/// Why a check is not run on this node; nothing when it is.
std::optional<std::string> why_not(const Check& check, const Node& node);

std::string_view name_of(When when) noexcept;

}  // namespace ingot::selftest
