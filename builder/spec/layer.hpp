// SPDX-License-Identifier: Apache-2.0
// A layer as its folder defines it: before options, conditions and substitutions.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spec/diagnostic.hpp"
#include "spec/node.hpp"
#include "spec/option.hpp"

namespace ingot::spec {

/// An option must have a value.
struct Condition {
  std::string layer;  ///< whose option; empty: the layer's own
  std::string option;
  OptionValue value;
  Node written;  ///< the value as it stands, for options of other layers
  Place place;
};

struct Repository {
  Located name;
  Located archive;  ///< last part of the mirror's path: "debian"
  Located suite;
  std::vector<Located> components;
  Located keyring;                     ///< file name
  std::vector<std::string> signed_by;  ///< fingerprints, 40 upper-case hexadecimal digits
  std::vector<Condition> when;         ///< all must hold
  Place place;
};

struct PackageEntry {
  Located name;
  std::optional<Located> version;
  bool hold = false;
  std::vector<Condition> when;  ///< all must hold
};

struct Units {
  std::vector<Located> enable;
  std::vector<Located> disable;
  std::vector<Located> mask;
};

struct EnvironmentEntry {
  Located name;
  Located value;
};

/// Absolute paths of what the layer's folder holds; unset when absent.
struct LayerContent {
  std::optional<std::filesystem::path> files;      ///< folder that mirrors the target's tree
  std::optional<std::filesystem::path> src;        ///< folder
  std::optional<std::filesystem::path> build;      ///< scripts/build
  std::optional<std::filesystem::path> configure;  ///< scripts/configure
  std::optional<std::filesystem::path> finish;     ///< scripts/finish
};

struct Layer {
  std::string name;
  std::string description;
  std::filesystem::path folder;  ///< absolute
  std::string file;              ///< "layers/base/layer.yaml"
  std::vector<Located> after;
  std::vector<Located> requires_layers;
  bool needs_kernel = false;
  bool needs_driver = false;
  std::map<std::string, Option> options;
  std::vector<Repository> repositories;
  std::vector<PackageEntry> packages;
  std::vector<PackageEntry> build_root;
  std::vector<Located> kernel_line;
  Units units;
  std::vector<EnvironmentEntry> environment;
  std::optional<Place> driver_modules;  ///< set when it receives the driver's compiled modules
  LayerContent content;
};

}  // namespace ingot::spec
