// SPDX-License-Identifier: Apache-2.0
#include "spec/image.hpp"

#include <algorithm>
#include <set>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/fields.hpp"
#include "spec/parse.hpp"
#include "spec/substitution.hpp"
#include "spec/value.hpp"
#include "spec/vocabulary.hpp"

namespace ingot::spec {
namespace {

const Words<GpuDemand>& demand_words() {
  static const Words<GpuDemand> words = {{"none", GpuDemand::none},
                                         {"optional", GpuDemand::optional},
                                         {"required", GpuDemand::required}};
  return words;
}

const Words<ImageFormat>& format_words() {
  static const Words<ImageFormat> words = {
      {"tar", ImageFormat::tar},
      {"netboot", ImageFormat::netboot},
      {"disk", ImageFormat::disk},
      {"qcow2", ImageFormat::qcow2}};
  return words;
}

DriverUse read_driver(const Node& node, Diagnostics& diagnostics) {
  DriverUse use;
  use.version.place = use.flavour_place = node.place;
  Fields fields{node, "driver", diagnostics};
  if (const Node* version = fields.required("version")) {
    auto word = read_quoted(*version, "version", driver_version, diagnostics);
    if (word) use.version = std::move(*word);
  }
  if (const Node* flavour = fields.required("flavour")) {
    use.flavour_place = flavour->place;
    use.flavour =
        read_enum(*flavour, "flavour", flavour_words(), diagnostics).value_or(use.flavour);
  }
  fields.finish();
  return use;
}

Profile read_profile(const Node& node, Diagnostics& diagnostics) {
  Profile profile;
  Fields fields{node, "profile", diagnostics};
  const Node* const gpus = fields.required("gpus");
  const auto demand = gpus == nullptr
                          ? std::nullopt
                          : read_enum(*gpus, "demand for gpus", demand_words(), diagnostics);
  profile.gpus = demand.value_or(GpuDemand::none);
  if (const Node* count = fields.optional("count")) {
    constexpr Range sensible{1, 64};
    if (const auto number = read_integer(*count, "count", sensible, diagnostics)) {
      profile.count = static_cast<int>(*number);
    }
    if (demand && *demand != GpuDemand::required) {
      diagnostics.add({count->place, "'count' has a meaning only with 'gpus: required'", {}, {}});
    }
  }
  fields.finish();
  return profile;
}

LayerUse read_layer_use(const Node& node, Diagnostics& diagnostics) {
  LayerUse use;
  if (node.kind != NodeKind::map) {
    auto name = read_word(node, "layer", definition_name, diagnostics);
    use.name = name ? std::move(*name) : Located{{}, node.place};
    return use;
  }
  use.name.place = node.place;
  Fields fields{node, "layer", diagnostics};
  if (const Node* layer = fields.required("layer")) {
    if (auto name = read_word(*layer, "layer", definition_name, diagnostics)) {
      use.name = std::move(*name);
    }
  }
  if (const Node* options = fields.optional("options")) {
    const Fields set{*options, "set of options", diagnostics};
    for (const MapEntry& entry : options->entries) {
      use.options.push_back({{entry.key, entry.key_place}, entry.value});
      if (entry.value.kind != NodeKind::scalar) continue;
      check_substitutions({entry.value.text, entry.value.place}, {}, diagnostics);
    }
  }
  fields.finish();
  return use;
}

std::vector<LayerUse> read_layers(const Node& node, Diagnostics& diagnostics) {
  std::vector<LayerUse> layers;
  std::vector<Located> names;
  for (const Node& item : read_list(node, "layers", diagnostics)) {
    layers.push_back(read_layer_use(item, diagnostics));
    if (!layers.back().name.value.empty()) names.push_back(layers.back().name);
  }
  refuse_duplicates(names, "layers", diagnostics);
  std::set<std::string> seen;
  std::erase_if(layers, [&](const LayerUse& use) {
    return use.name.value.empty() || !seen.insert(use.name.value).second;
  });
  return layers;
}

std::vector<ImageFormat> read_formats(const Node& node, Diagnostics& diagnostics) {
  std::vector<ImageFormat> formats;
  for (const Node& item : read_list(node, "formats", diagnostics)) {
    const auto known = read_enum(item, "format", format_words(), diagnostics);
    if (!known) continue;
    if (std::find(formats.begin(), formats.end(), *known) != formats.end()) {
      diagnostics.add(
          {item.place, format("{} appears twice in 'formats'", in_quotes(item.text)), {}, {}});
    } else {
      formats.push_back(*known);
    }
  }
  std::sort(formats.begin(), formats.end());
  return formats;
}

Disk read_disk(const Node& node, Diagnostics& diagnostics) {
  // FAT32, which firmware reads reliably, does not get smaller with 512-byte sectors.
  constexpr Bytes least_esp = 64_MiB;
  Disk disk;
  Fields fields{node, "disk", diagnostics};
  const auto take = [&](std::string_view key, Bytes& target) {
    const Node* value = fields.optional(key);
    if (value == nullptr) return;
    const auto size = read_size(*value, key, diagnostics);
    if (!size) return;
    if (size->count % (1_MiB).count != 0) {
      diagnostics.add({value->place, format("'{}' must be whole MiB", key), {}, {}});
    }
    target = *size;
  };
  take("size", disk.size);
  take("esp", disk.esp);
  fields.finish();
  if (disk.esp < least_esp) {
    diagnostics.add({node.place, "'esp' must be at least 64MiB", {}, {}});
  } else if (disk.size < disk.esp + least_esp) {
    diagnostics.add({node.place, "'size' leaves no room for a root beside 'esp'", {}, {}});
  }
  return disk;
}

void read_contents(Fields& fields, Image& image, Diagnostics& diagnostics) {
  if (const Node* node = fields.optional("kernel")) {
    image.kernel =
        read_word(*node, "kernel", definition_name, diagnostics).value_or(Located{{}, node->place});
  }
  if (const Node* node = fields.optional("driver")) image.driver = read_driver(*node, diagnostics);
  if (image.driver && !image.kernel) {
    diagnostics.add({image.driver->version.place, "an image with a driver needs a kernel", {}, {}});
  }
  if (const Node* node = fields.required("profile")) {
    image.profile = read_profile(*node, diagnostics);
  }
  if (const Node* node = fields.required("layers")) image.layers = read_layers(*node, diagnostics);
  if (const Node* node = fields.optional("kernel-line")) {
    image.kernel_line =
        read_words(*node, "kernel-line", kernel_word, diagnostics, Substitutions::allowed);
    for (const Located& word : image.kernel_line) check_substitutions(word, {}, diagnostics);
  }
  if (const Node* node = fields.required("formats")) {
    image.formats = read_formats(*node, diagnostics);
    const bool boots = std::any_of(image.formats.begin(), image.formats.end(),
                                   [](ImageFormat f) { return f != ImageFormat::tar; });
    if (boots && fields.optional("kernel") == nullptr) {
      diagnostics.add({node->place,
                       "formats that boot need a kernel",
                       {},
                       "name one with the key 'kernel', or keep only the format 'tar'"});
    }
  }
  if (const Node* node = fields.optional("disk")) image.disk = read_disk(*node, diagnostics);
}

}  // namespace

std::string_view name_of(GpuDemand demand) noexcept {
  switch (demand) {
    case GpuDemand::none:
      return "none";
    case GpuDemand::optional:
      return "optional";
    case GpuDemand::required:
      return "required";
  }
  return "";
}

std::string_view name_of(ImageFormat format) noexcept {
  switch (format) {
    case ImageFormat::tar:
      return "tar";
    case ImageFormat::netboot:
      return "netboot";
    case ImageFormat::disk:
      return "disk";
    case ImageFormat::qcow2:
      return "qcow2";
  }
  return "";
}

Image parse_image(const Node& root, const Origin& origin, Diagnostics& diagnostics) {
  Image image;
  image.name = origin.name;
  image.file = origin.file;
  Fields fields{root, "image", diagnostics};
  check_own_name(fields.required("image"), "image", definition_name, origin, diagnostics);
  if (const Node* node = fields.required("version")) {
    if (auto version = read_quoted(*node, "version", image_version, diagnostics)) {
      image.version = std::move(version->value);
    }
  }
  if (const Node* node = fields.required("architecture")) {
    if (read_choice(*node, "architecture", {"amd64"}, diagnostics)) image.architecture = node->text;
  }
  if (const Node* node = fields.required("description")) {
    image.description = read_text(*node, "description", diagnostics).value_or("");
  }
  read_contents(fields, image, diagnostics);
  fields.finish();
  return image;
}

}  // namespace ingot::spec
