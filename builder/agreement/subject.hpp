// SPDX-License-Identifier: Apache-2.0
// What rules look at: the tree, the facts it must agree with, and files that several rules need,
// read once.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agreement/containerd_config.hpp"
#include "agreement/dpkg_status.hpp"
#include "agreement/facts.hpp"
#include "agreement/kernel_module.hpp"
#include "agreement/modprobe_config.hpp"
#include "agreement/tree_index.hpp"
#include "agreement/unit_files.hpp"

namespace ingot::agreement {

struct InitramfsFacts {
  std::string path;
  std::string broken;              ///< why it cannot be read; empty when it can
  std::set<std::string> releases;  ///< of the kernels that it holds modules of
  ModprobeConfig modprobe;
};

struct Subject {
  const TreeIndex& tree;
  const Facts& facts;
  std::optional<crypto::Certificate> certificate;  ///< of the module key, as the tree holds it
  std::vector<KernelModule> modules;  ///< those outside of the kernel's own folder, by path
  std::vector<InitramfsFacts> initramfs;
  DpkgStatus packages;
  ModprobeConfig modprobe;
  UnitFiles units;
  std::optional<ContainerdConfig> containerd;  ///< unset: the image has no containerd
};

/// Reads what rules share. A file that is damaged is kept with its fault, for the rule that asks.
Subject subject_of(const TreeIndex& tree, const Facts& facts);

/// The certificate of the module key, where the image keeps it.
inline constexpr std::string_view certificate_path = "usr/lib/ingot/module-signing.der";

/// "usr/lib/modules/<release>" of every kernel in the tree.
std::vector<std::string> module_folders(const TreeIndex& tree);

/// "6.12.117-amd64" of "vmlinuz-6.12.117-amd64", for every file of that kind in /boot.
std::vector<std::string> boot_releases(const TreeIndex& tree, std::string_view prefix);

}  // namespace ingot::agreement
