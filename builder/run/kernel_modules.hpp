// SPDX-License-Identifier: Apache-2.0
// The kernel modules of a tree, paired with those of another one, whose kernel may be another.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/file_list.hpp"
#include "run/difference.hpp"

namespace ingot::run {

/// What a module says of itself.
struct ModuleFacts {
  std::string version;
  std::string srcversion;
  std::string vermagic;
  std::string signer;  ///< empty: not signed
  std::string broken;  ///< why it cannot be read; empty when it can
  bool operator==(const ModuleFacts&) const = default;
};

struct ModuleState {
  std::string path;    ///< in the tree
  std::string place;   ///< below the folder of its kernel
  std::string digest;  ///< of the file, in hexadecimal; its target when it is a link
  std::optional<ModuleFacts> facts = {};  ///< where somebody has read it

  /// The same file in the same place; the kernel's release is no part of it.
  bool operator==(const ModuleState& other) const {
    return place == other.place && digest == other.digest;
  }
};

struct KernelModules {
  std::vector<std::string> kernels_a;  ///< releases that have a folder of modules
  std::vector<std::string> kernels_b;
  Differences<ModuleState> differences;  ///< by the name of the module
};

/// A kernel is compared with the one of the same release, else with the only one left.
KernelModules kernel_modules(const std::vector<archive::ListedFile>& a,
                             const std::vector<archive::ListedFile>& b);

/// Whether it is one of the kernel's own, and not built apart from it.
bool is_in_tree(const ModuleState& module);

ModuleFacts module_facts(const std::string& content, const std::string& path);

/// What differs in words: "version", "srcversion", "vermagic", "signer", "place"; "content" when
/// it is nothing of these.
std::vector<std::string> changed_properties(const ModuleState& a, const ModuleState& b);

/// What a kernel of `own` is called in a comparison with `others`: its release, or "other kernel"
/// when it and one of the others are the only ones without a counterpart.
std::map<std::string, std::string> kernel_labels(const std::vector<std::string>& own,
                                                 const std::vector<std::string>& others);

}  // namespace ingot::run
