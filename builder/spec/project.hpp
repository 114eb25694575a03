// SPDX-License-Identifier: Apache-2.0
// A folder of definitions, and an image of it with everything filled in.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "spec/diagnostic.hpp"
#include "spec/driver.hpp"
#include "spec/image.hpp"
#include "spec/kernel.hpp"
#include "spec/layer.hpp"
#include "spec/matrix.hpp"

namespace ingot::spec {

struct ResolvedRepository {
  std::string name;
  std::string archive;
  std::string suite;
  std::vector<std::string> components;
  std::string keyring_name;
  std::filesystem::path keyring;  ///< in the layer's folder if there, else in /usr/share/keyrings
  std::vector<std::string> signed_by;
  Place place;
};

struct ResolvedPackage {
  std::string name;
  std::optional<std::string> version;  ///< exactly this one
  bool hold = false;
  Place place;
};

struct ResolvedLayer {
  std::string name;
  std::filesystem::path folder;  ///< absolute
  Place place;                   ///< of its entry in the image
  std::string file;              ///< "layers/base/layer.yaml"
  std::map<std::string, OptionValue> options;
  std::vector<ResolvedRepository> repositories;
  std::vector<ResolvedPackage> packages;
  std::vector<ResolvedPackage> build_root;
  std::vector<Located> kernel_line;
  Units units;
  /// For the layer's scripts: its own, and INGOT_OPTION_<NAME> for every option.
  std::map<std::string, std::string> environment;
  bool receives_modules = false;
  bool needs_kernel = false;
  bool needs_driver = false;
  LayerContent content;
};

struct ResolvedDriver {
  std::string version;
  std::string package_version;
  Flavour flavour = Flavour::open;
  std::string persistenced;  ///< version of the daemon; the driver's own unless it says otherwise
  std::string firmware;
  std::vector<std::string> modules;
  DriverSource source;         ///< of the flavour
  std::vector<Patch> patches;  ///< those for this flavour and kernel, in order
  std::string file;
};

struct ResolvedImage {
  std::string name;
  std::string version;
  std::string architecture;
  std::string description;
  std::filesystem::path project;  ///< absolute
  std::string file;               ///< "images/debian-13.yaml"
  std::optional<Kernel> kernel;
  std::optional<ResolvedDriver> driver;
  std::optional<Pair> pair;  ///< the matrix's row for kernel, driver and flavour
  Profile profile;
  std::vector<ResolvedLayer> layers;  ///< in order of application
  std::vector<Located> kernel_line;   ///< of all layers in order, then the image's own
  std::vector<ImageFormat> formats;   ///< without duplicates, in order of the enum
  Disk disk;
  std::vector<std::string> files;  ///< every definition that was read, relative, sorted

  std::filesystem::path lock_file() const;  ///< <project>/images/<name>.lock
  bool has_format(ImageFormat format) const;
};

/// Loads an image and all that it names. `image` is a name, or a path of a file in the project's
/// images/ (relative to the project, or absolute). With faults the result is incomplete: ask
/// `diagnostics` before using it.
ResolvedImage resolve(const std::filesystem::path& project, const std::string& image,
                      Diagnostics& diagnostics);

/// The rows of kernels/matrix.yaml.
std::vector<Pair> load_matrix(const std::filesystem::path& project, Diagnostics& diagnostics);

/// The image of a row, with the row's kernel, driver and flavour in place of its own. A row without
/// image is a fault.
ResolvedImage resolve(const std::filesystem::path& project, const Pair& pair,
                      Diagnostics& diagnostics);

/// Everything of a project.
struct Project {
  std::map<std::string, Image> images;
  std::map<std::string, Layer> layers;
  std::map<std::string, Kernel> kernels;
  std::map<std::string, Driver> drivers;
  std::vector<Pair> pairs;
  std::vector<ResolvedImage> resolved;
  std::vector<std::string> files;  ///< all definitions that were read, relative, sorted
};

/// Loads and checks every definition, and resolves every image. Fault::input when `project` holds
/// no images/ folder.
Project load_all(const std::filesystem::path& project, Diagnostics& diagnostics);

}  // namespace ingot::spec
