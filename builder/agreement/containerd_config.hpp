// SPDX-License-Identifier: Apache-2.0
// containerd's effective configuration: the file and its imports, put together as containerd does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agreement/tree_index.hpp"

namespace ingot::agreement {

struct ContainerdRuntime {
  std::string name;
  std::string type;     ///< "io.containerd.runc.v2"
  std::string program;  ///< options.BinaryName; empty: the type's own
  bool systemd_cgroup = false;
};

struct ContainerdConfig {
  struct Problem {
    std::string file;
    std::string what;
  };

  std::string file;                  ///< the root one
  std::string broken;                ///< why it cannot be read; the rest then says nothing
  std::vector<Problem> bad_imports;  ///< drop-ins that cannot be read or that containerd refuses
  std::int64_t version = 0;
  std::vector<std::string> imports;
  std::vector<std::string> disabled_plugins;
  std::vector<ContainerdRuntime> runtimes;
  std::string default_runtime;
  bool enable_cdi = false;
  std::vector<std::string> cdi_folders;

  const ContainerdRuntime* runtime(std::string_view name) const;
};

ContainerdConfig read_containerd_config(const TreeIndex& tree);

}  // namespace ingot::agreement
