// SPDX-License-Identifier: Apache-2.0
// What a build does, step by step, each with a key over everything that decides its result.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"

namespace ingot::plan {

enum class StepKind {
  build_root,  ///< unpack packages of a layer that build: compiler, headers, EFI stub
  packages,    ///< dpkg installs a layer's packages
  program,     ///< a layer's scripts/build runs in the build root
  modules,     ///< compile the driver's kernel modules
  signed_modules,  ///< sign them, where the image has them
  system,      ///< a layer's files, built programs, units and scripts/configure
  finish,      ///< scripts/finish of all layers, holds, image manifest
  module_index,  ///< depmod's
  initramfs,     ///< the one initramfs
  seal,        ///< nothing that a build leaves behind stays
};

std::string_view name_of(StepKind kind) noexcept;

/// A named part of a step's key, so that a miss can be explained.
struct Ingredient {
  std::string name;       ///< "files", "package libc6"
  std::string value;      ///< digest or text
  std::string said = {};  ///< what tells people more than a digest does: a version
  /// Of a folder: digests by path. They are no part of the key, which has that of the whole.
  std::map<std::string, std::string> parts = {};

  bool operator==(const Ingredient&) const = default;
};

struct Step {
  std::string name;  ///< unique: "packages/base"
  StepKind kind = StepKind::packages;
  std::string layer = {};  ///< name of the layer it belongs to, if one
  /// Steps whose trees lie below this one's, lowest first: of the image root, or of the build root
  /// for what is compiled there.
  std::vector<std::string> lowers = {};
  std::vector<std::string> inputs = {};  ///< all steps that must be done before, lowers included
  std::vector<Ingredient> ingredients = {};
  /// Folders of the trees below that the step cannot see; a '*' at the end stands for any end of
  /// the name. A step that has some is made again only when something that it can see has changed.
  std::vector<std::string> hidden = {};
  Sha256 own_key = {};  ///< over what it is and its ingredients, whatever lies below
  Sha256 key = {};      ///< over that and its inputs
};

struct Plan {
  std::vector<Step> steps;  ///< in an order in which they could run
  const Step& at(std::string_view name) const;
  const Step* find(std::string_view name) const;
  /// The steps whose trees together are the finished image root, lowest first.
  std::vector<std::string> image_root() const;
  /// The same of the whole build root.
  std::vector<std::string> build_root() const;
};

struct FolderDigest {
  Sha256 whole;
  std::map<std::string, std::string> parts = {};  ///< digests by path
};

/// Digests of what a layer's folder holds; unset parts do not exist.
struct LayerDigests {
  std::optional<FolderDigest> files;
  std::optional<FolderDigest> src;
  std::optional<Sha256> build;
  std::optional<Sha256> configure;
  std::optional<Sha256> finish;
};

struct Inputs {
  const spec::ResolvedImage& image;
  const spec::Lock& lock;
  std::map<std::string, LayerDigests> layers;
  std::vector<Sha256> patches;  ///< of the driver's patches, in order
  Sha256 module_certificate;    ///< fingerprint
};

/// Pure: the same inputs give the same plan.
Plan make_plan(const Inputs& inputs);

}  // namespace ingot::plan
