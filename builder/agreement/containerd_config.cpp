// SPDX-License-Identifier: Apache-2.0
#include "agreement/containerd_config.hpp"

#include <broken.hpp>
#include <toml.hpp>

#include <algorithm>

#include <fnmatch.h>

namespace ingot::agreement {
namespace {

using selftest::Toml;
using selftest::TomlTable;

constexpr const char* root_file = "etc/containerd/config.toml";

std::string text_of(const Toml* value) {
  const std::string* text = value == nullptr ? nullptr : value->text();
  return text == nullptr ? std::string() : *text;
}

bool is_true(const Toml* value) {
  return value != nullptr && value->flag() != nullptr && *value->flag();
}

std::int64_t number_of(const Toml* value) {
  const std::int64_t* number = value == nullptr ? nullptr : value->number();
  return number == nullptr ? 0 : *number;
}

std::vector<std::string> texts_of(const Toml* value) {
  std::vector<std::string> texts;
  if (value != nullptr && value->list() != nullptr)
    for (const Toml& entry : *value->list())
      if (entry.text() != nullptr) texts.push_back(*entry.text());
  return texts;
}

// Drop-ins replace plain values, and of plugins each one's section as a whole: so did containerd
// before 2.1, and what holds then holds after.
void merge(Toml& into, const Toml& from) {
  for (const auto& [key, value] : *from.table()) {
    Toml& place = (*into.table())[key];
    if (key == "plugins" && place.table() != nullptr && value.table() != nullptr) {
      for (const auto& [plugin, section] : *value.table()) (*place.table())[plugin] = section;
    } else if (key != "imports" && key != "version") {
      place = value;
    }
  }
}

// A pattern as containerd takes it: absolute, or relative to the configuration's folder.
std::vector<std::string> matches(const TreeIndex& tree, std::string pattern) {
  if (!pattern.starts_with('/')) pattern = "/etc/containerd/" + pattern;
  const std::string folder = pattern.substr(1, pattern.rfind('/') - 1);
  const std::string name(name_in(pattern));
  std::vector<std::string> paths;
  for (const std::string& candidate : tree.names_in(folder))
    if (::fnmatch(name.c_str(), candidate.c_str(), FNM_PERIOD) == 0)
      paths.push_back(folder + "/" + candidate);
  return paths;
}

void read_import(const TreeIndex& tree, const std::string& path, Toml& whole,
                 ContainerdConfig& config) {
  try {
    const auto text = tree.root().read(path);
    if (!text) {
      config.bad_imports.push_back({path, "a link that leads to no file"});
      return;
    }
    const Toml part = selftest::parse_toml(*text);
    const std::int64_t version = number_of(part.find({"version"}));
    if (version != config.version) {
      config.bad_imports.push_back({path, "is of version " + std::to_string(version) +
                                              ", the file that imports it of version " +
                                              std::to_string(config.version)});
    }
    merge(whole, part);
  } catch (const selftest::Broken& broken) {
    config.bad_imports.push_back({path, broken.what()});
  }
}

void take_runtimes(const Toml& cri, ContainerdConfig& config) {
  const Toml* entry = cri.find({"containerd", "runtimes"});
  if (entry == nullptr || entry->table() == nullptr) return;
  for (const auto& [name, runtime] : *entry->table()) {
    config.runtimes.push_back(
        {.name = name,
         .type = text_of(runtime.find({"runtime_type"})),
         .program = text_of(runtime.find({"options", "BinaryName"})),
         .systemd_cgroup = is_true(runtime.find({"options", "SystemdCgroup"}))});
  }
}

}  // namespace

const ContainerdRuntime* ContainerdConfig::runtime(std::string_view name) const {
  const auto found = std::find_if(runtimes.begin(), runtimes.end(),
                                  [&](const ContainerdRuntime& r) { return r.name == name; });
  return found == runtimes.end() ? nullptr : &*found;
}

ContainerdConfig read_containerd_config(const TreeIndex& tree) {
  ContainerdConfig config;
  config.file = root_file;
  const auto text = tree.root().read(root_file);
  if (!text) {
    config.broken = "is not there";
    return config;
  }
  Toml whole;
  try {
    whole = selftest::parse_toml(*text);
  } catch (const selftest::Broken& broken) {
    config.broken = broken.what();
    return config;
  }
  config.version = number_of(whole.find({"version"}));
  config.imports = texts_of(whole.find({"imports"}));
  for (const std::string& pattern : config.imports)
    for (const std::string& path : matches(tree, pattern)) read_import(tree, path, whole, config);

  config.disabled_plugins = texts_of(whole.find({"disabled_plugins"}));
  // Version 2 keeps the CRI in one plugin; from 3 on its runtime half is a plugin of its own.
  const Toml* cri = whole.find({"plugins", "io.containerd.cri.v1.runtime"});
  if (cri == nullptr) cri = whole.find({"plugins", "io.containerd.grpc.v1.cri"});
  if (cri == nullptr) return config;
  take_runtimes(*cri, config);
  config.default_runtime = text_of(cri->find({"containerd", "default_runtime_name"}));
  const Toml* cdi = cri->find({"enable_cdi"});
  config.enable_cdi = is_true(cdi) || (cdi == nullptr && config.version >= 3);
  config.cdi_folders = texts_of(cri->find({"cdi_spec_dirs"}));
  return config;
}

}  // namespace ingot::agreement
