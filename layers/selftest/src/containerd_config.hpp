// SPDX-License-Identifier: Apache-2.0
// Judges containerd's effective configuration: what kubelet and gpu-operator need of it.
#pragma once

#include <string>

#include "result.hpp"
#include "roots.hpp"
#include "toml.hpp"

namespace ingot::selftest {

struct ContainerdWishes {
  std::string version;          ///< of containerd, e.g. 1.7.24
  bool nvidia_runtime = false;  ///< the image holds the container toolkit
};

/// Every fault of the configuration; runtime binaries are looked up in `roots`.
Result judge_containerd(const Toml& config, const ContainerdWishes& wishes, const Roots& roots);

/// SystemdCgroup of the default runtime; nothing when the configuration does not say.
const bool* systemd_cgroup(const Toml& config);

}  // namespace ingot::selftest
