// SPDX-License-Identifier: Apache-2.0
#include "spec/project.hpp"

#include <algorithm>
#include <system_error>

#include "base/error.hpp"
#include "base/format.hpp"
#include "spec/catalogue.hpp"
#include "spec/resolver.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

void require_project(const fs::path& project) {
  std::error_code fault;
  if (fs::is_directory(project / "images", fault)) return;
  throw Error(Fault::input, format("{} is no project: it holds no folder images/; name one with -C",
                                   project.string()));
}

/// The image that a command-line word names.
std::string name_of_image(const fs::path& project, const std::string& word) {
  const fs::path path{word};
  const bool is_path = path.extension() == ".yaml" || path.has_parent_path();
  if (!is_path) return word;
  const fs::path folder = fs::absolute(project) / "images";
  const fs::path parent =
      path.has_parent_path() ? fs::absolute(project) / path.parent_path() : folder;
  std::error_code fault;
  if (path.extension() == ".yaml" &&
      fs::weakly_canonical(parent, fault) == fs::weakly_canonical(folder, fault)) {
    return path.stem().string();
  }
  throw Error(Fault::input, format("{} is no image of this project; images are {}/*.yaml", word,
                                   folder.lexically_normal().string()));
}

template <class Map, class Value>
void keep(Map& map, const std::string& name, const Value* value) {
  if (value != nullptr) map.emplace(name, *value);
}

}  // namespace

fs::path ResolvedImage::lock_file() const { return project / "images" / (name + ".lock"); }

bool ResolvedImage::has_format(ImageFormat format) const {
  return std::find(formats.begin(), formats.end(), format) != formats.end();
}

ResolvedImage resolve(const fs::path& project, const std::string& image, Diagnostics& diagnostics) {
  require_project(project);
  const std::string name = name_of_image(project, image);
  Catalogue catalogue{project, diagnostics};
  const Image* const found = catalogue.image({name, Place{"images/" + name + ".yaml", 0, 0}});
  if (found == nullptr) return {};
  return Resolver{catalogue, *found, diagnostics}.resolve();
}

std::vector<Pair> load_matrix(const fs::path& project, Diagnostics& diagnostics) {
  require_project(project);
  return Catalogue{project, diagnostics}.pairs();
}

ResolvedImage resolve(const fs::path& project, const Pair& pair, Diagnostics& diagnostics) {
  require_project(project);
  if (pair.image.value.empty()) {
    diagnostics.add(
        {pair.place, "the pair names no image to try it with", {}, "add the key 'image'"});
    return {};
  }
  Catalogue catalogue{project, diagnostics};
  const Image* const found = catalogue.image(pair.image);
  if (found == nullptr) return {};
  Image image = *found;
  image.kernel = pair.kernel;
  image.driver = DriverUse{pair.driver, pair.flavour, pair.place};
  ResolvedImage resolved = Resolver{catalogue, image, diagnostics}.resolve();
  if (!pair.patches && resolved.driver) resolved.driver->patches.clear();
  return resolved;
}

Project load_all(const fs::path& project, Diagnostics& diagnostics) {
  require_project(project);
  Catalogue catalogue{project, diagnostics};
  Project all;
  const auto asked = [](const std::string& name) { return Located{name, {}}; };
  for (const std::string& name : catalogue.layer_names()) {
    keep(all.layers, name, catalogue.layer(asked(name)));
  }
  for (const std::string& name : catalogue.kernel_names()) {
    keep(all.kernels, name, catalogue.kernel(asked(name)));
  }
  for (const std::string& name : catalogue.driver_names()) {
    keep(all.drivers, name, catalogue.driver(asked(name)));
  }
  all.pairs = catalogue.pairs();
  for (const std::string& name : catalogue.image_names()) {
    const Image* const image = catalogue.image(asked(name));
    keep(all.images, name, image);
    if (image != nullptr)
      all.resolved.push_back(Resolver{catalogue, *image, diagnostics}.resolve());
  }
  all.files.assign(catalogue.files().begin(), catalogue.files().end());
  return all;
}

}  // namespace ingot::spec
