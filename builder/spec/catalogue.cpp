// SPDX-License-Identifier: Apache-2.0
#include "spec/catalogue.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

/// Calls `visit` with each visible entry of a folder; an absent folder has none.
template <class Visit>
void for_each_entry(const fs::path& folder, const std::string& file, Diagnostics& diagnostics,
                    const Visit& visit) {
  std::error_code fault;
  if (!fs::is_directory(folder, fault)) return;
  for (fs::directory_iterator entry{folder, fault}, end; !fault && entry != end;
       entry.increment(fault)) {
    if (!entry->path().filename().string().starts_with('.')) visit(*entry);
  }
  if (fault) diagnostics.add({{file, 0, 0}, "cannot be read: " + fault.message(), {}, {}});
}

/// The stems of the folder's *.yaml files, sorted.
std::vector<std::string> stems_in(const fs::path& project, const std::string& folder,
                                  Diagnostics& diagnostics) {
  std::vector<std::string> stems;
  for_each_entry(project / folder, folder, diagnostics, [&](const fs::directory_entry& entry) {
    const fs::path name = entry.path().filename();
    if (name.extension() == ".yaml") stems.push_back(name.stem().string());
    if (name.extension() == ".yml") {
      diagnostics.add({{folder + "/" + name.string(), 0, 0},
                       "the file would not be read",
                       {},
                       format("rename it to {}.yaml", name.stem().string())});
    }
  });
  std::sort(stems.begin(), stems.end());
  return stems;
}

std::vector<std::string> layers_in(const fs::path& project, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for_each_entry(project / "layers", "layers", diagnostics, [&](const fs::directory_entry& entry) {
    std::error_code fault;
    if (entry.is_directory(fault)) names.push_back(entry.path().filename().string());
  });
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Catalogue::Catalogue(const fs::path& project, Diagnostics& diagnostics)
    : project_(fs::absolute(project).lexically_normal()),
      diagnostics_(diagnostics),
      image_names_(stems_in(project_, "images", diagnostics)),
      layer_names_(layers_in(project_, diagnostics)),
      kernel_names_(stems_in(project_, "kernels", diagnostics)),
      driver_names_(stems_in(project_, "kernels/nvidia", diagnostics)) {
  std::erase(kernel_names_, "matrix");
}

Origin Catalogue::origin_of(const std::string& file, const std::string& name) const {
  return {file, name, (project_ / file).parent_path()};
}

std::optional<Node> Catalogue::read(const std::string& file) {
  files_.insert(file);
  std::error_code fault;
  const fs::file_status status = fs::status(project_ / file, fault);
  // Opening a pipe would wait for its writer.
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    diagnostics_.add({{file, 0, 0}, "must be a regular file", {}, {}});
    return std::nullopt;
  }
  std::ifstream stream{project_ / file, std::ios::binary};
  std::string text(largest_definition + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad() || (stream.gcount() == 0 && !stream.eof())) {
    diagnostics_.add(
        {{file, 0, 0}, fs::exists(status) ? "cannot be read" : "there is no such file", {}, {}});
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_yaml(text, file, diagnostics_);
}

bool Catalogue::require_name(const Located& name, const std::string& what,
                             const std::vector<std::string>& names) {
  if (std::binary_search(names.begin(), names.end(), name.value)) return true;
  diagnostics_.add({name.place, format("there is no {} {}", what, in_quotes(name.value)),
                    joined(names, ", "), suggestion(name.value, names)});
  return false;
}

const Image* Catalogue::image(const Located& asked) {
  if (!require_name(asked, "image", image_names_)) return nullptr;
  const auto [slot, is_new] = images_.try_emplace(asked.value);
  if (is_new) {
    const Origin origin = origin_of("images/" + asked.value + ".yaml", asked.value);
    if (const auto root = read(origin.file)) {
      slot->second = parse_image(*root, origin, diagnostics_);
    }
  }
  return slot->second ? &*slot->second : nullptr;
}

const Layer* Catalogue::layer(const Located& asked) {
  if (!require_name(asked, "layer", layer_names_)) return nullptr;
  const auto [slot, is_new] = layers_.try_emplace(asked.value);
  if (is_new) {
    const Origin origin = origin_of("layers/" + asked.value + "/layer.yaml", asked.value);
    if (const auto root = read(origin.file)) {
      slot->second = parse_layer(*root, origin, diagnostics_);
      check_links(*slot->second);
    }
  }
  return slot->second ? &*slot->second : nullptr;
}

void Catalogue::check_links(const Layer& layer) {
  for (const auto* names : {&layer.after, &layer.requires_layers}) {
    for (const Located& name : *names) {
      if (name.value == layer.name) {
        diagnostics_.add({name.place, "a layer cannot depend on itself", {}, {}});
      } else {
        require_name(name, "layer", layer_names_);
      }
    }
  }
}

const Kernel* Catalogue::kernel(const Located& asked) {
  if (!require_name(asked, "kernel", kernel_names_)) return nullptr;
  const auto [slot, is_new] = kernels_.try_emplace(asked.value);
  if (is_new) {
    const Origin origin = origin_of("kernels/" + asked.value + ".yaml", asked.value);
    if (const auto root = read(origin.file)) {
      slot->second = parse_kernel(*root, origin, diagnostics_);
    }
  }
  return slot->second ? &*slot->second : nullptr;
}

const Driver* Catalogue::driver(const Located& asked) {
  if (!require_name(asked, "driver", driver_names_)) return nullptr;
  const auto [slot, is_new] = drivers_.try_emplace(asked.value);
  if (is_new) {
    const Origin origin = origin_of("kernels/nvidia/" + asked.value + ".yaml", asked.value);
    if (const auto root = read(origin.file)) {
      slot->second = parse_driver(*root, origin, diagnostics_);
      check_links(*slot->second);
    }
  }
  return slot->second ? &*slot->second : nullptr;
}

void Catalogue::check_links(const Driver& driver) {
  for (const Patch& patch : driver.patches) {
    for (const Located& kernel : patch.kernels) require_name(kernel, "kernel", kernel_names_);
  }
}

const std::vector<Pair>& Catalogue::pairs() {
  if (pairs_) return *pairs_;
  pairs_.emplace();
  std::error_code fault;
  if (!fs::exists(project_ / matrix_file, fault)) return *pairs_;
  const auto root = read(matrix_file);
  if (!root) return *pairs_;
  pairs_ = parse_matrix(*root, origin_of(matrix_file, "matrix"), diagnostics_);
  for (const Pair& pair : *pairs_) {
    if (!pair.kernel.value.empty()) require_name(pair.kernel, "kernel", kernel_names_);
    if (!pair.driver.value.empty()) require_name(pair.driver, "driver", driver_names_);
  }
  return *pairs_;
}

}  // namespace ingot::spec
