// SPDX-License-Identifier: Apache-2.0
#include "spec/driver.hpp"

#include <system_error>

#include "base/format.hpp"
#include "spec/fields.hpp"
#include "spec/parse.hpp"
#include "spec/value.hpp"
#include "spec/vocabulary.hpp"

namespace ingot::spec {
namespace {

std::string word_or_empty(const Node* node, std::string_view key, const Syntax& syntax,
                          Diagnostics& diagnostics) {
  if (node == nullptr) return {};
  auto word = read_word(*node, key, syntax, diagnostics);
  return word ? std::move(word->value) : std::string{};
}

std::string version_or_empty(const Node* node, std::string_view key, const Syntax& syntax,
                             Diagnostics& diagnostics) {
  if (node == nullptr) return {};
  auto word = read_quoted(*node, key, syntax, diagnostics);
  return word ? std::move(word->value) : std::string{};
}

DriverSource read_source(const Node& node, Diagnostics& diagnostics) {
  DriverSource source;
  Fields fields{node, "flavour", diagnostics};
  source.package = word_or_empty(fields.required("package"), "package", package_name, diagnostics);
  source.version =
      version_or_empty(fields.required("version"), "version", package_version, diagnostics);
  source.source = word_or_empty(fields.required("source"), "source", absolute_path, diagnostics);
  source.license = word_or_empty(fields.required("license"), "license", any_line, diagnostics);
  fields.finish();
  return source;
}

void read_flavours(const Node& node, Driver& driver, Diagnostics& diagnostics) {
  Fields fields{node, "set of flavours", diagnostics};
  for (const auto& [name, flavour] : flavour_words()) {
    if (const Node* source = fields.optional(name)) {
      driver.flavours.emplace(flavour, read_source(*source, diagnostics));
    }
  }
  fields.finish();
  if (fields.is_map() && node.entries.empty()) {
    diagnostics.add({node.place, "a driver needs at least one flavour", "open, proprietary", {}});
  }
}

Patch read_patch(const Node& node, const Driver& driver, const Origin& origin,
                 Diagnostics& diagnostics) {
  Patch patch;
  patch.place = node.place;
  Fields fields{node, "patch", diagnostics};
  const Node* const file = fields.required("file");
  patch.name = word_or_empty(file, "file", relative_path, diagnostics);
  if (!patch.name.empty()) {
    patch.path = origin.folder / patch.name;
    std::error_code fault;
    if (!std::filesystem::is_regular_file(patch.path, fault)) {
      diagnostics.add({file->place,
                       format("there is no file {}", in_quotes(patch.name)),
                       {},
                       "patches are looked up beside the driver's file"});
    }
  }
  if (const Node* list = fields.required("flavours")) {
    for (const Node& item : read_list(*list, "flavours", diagnostics)) {
      const auto flavour = read_enum(item, "flavour", flavour_words(), diagnostics);
      if (!flavour) continue;
      patch.flavours.push_back(*flavour);
      if (!driver.flavours.contains(*flavour)) {
        diagnostics.add(
            {item.place, format("the driver has no flavour '{}'", name_of(*flavour)), {}, {}});
      }
    }
  }
  if (const Node* list = fields.optional("kernels")) {
    read_list(*list, "kernels", diagnostics);
    for (Located& kernel : read_words(*list, "kernels", definition_name, diagnostics)) {
      patch.kernels.push_back(std::move(kernel));
    }
  }
  patch.reason = word_or_empty(fields.required("reason"), "reason", any_line, diagnostics);
  fields.finish();
  return patch;
}

}  // namespace

std::string_view name_of(Flavour flavour) noexcept {
  return flavour == Flavour::open ? "open" : "proprietary";
}

const Words<Flavour>& flavour_words() {
  static const Words<Flavour> words = {{"open", Flavour::open},
                                       {"proprietary", Flavour::proprietary}};
  return words;
}

Driver parse_driver(const Node& root, const Origin& origin, Diagnostics& diagnostics) {
  Driver driver;
  driver.version = origin.name;
  driver.file = origin.file;
  Fields fields{root, "driver", diagnostics};
  const Node* const name = fields.required("driver");
  if (name != nullptr && read_quoted(*name, "driver", driver_version, diagnostics)) {
    check_own_name(name, "driver", driver_version, origin, diagnostics);
  }
  driver.package_version = version_or_empty(fields.required("package-version"), "package-version",
                                            package_version, diagnostics);
  const Node* const daemon = fields.optional("persistenced");
  driver.persistenced = daemon == nullptr
                            ? driver.version
                            : version_or_empty(daemon, "persistenced", driver_version, diagnostics);
  const auto branch = [](const std::string& version) {
    return version.substr(0, version.find('.'));
  };
  if (daemon != nullptr && branch(driver.persistenced) != branch(driver.version)) {
    diagnostics.add({daemon->place, "'persistenced' is of another branch than the driver", {}, {}});
  }
  driver.firmware =
      word_or_empty(fields.required("firmware"), "firmware", absolute_path, diagnostics);
  if (const Node* list = fields.required("modules")) {
    read_list(*list, "modules", diagnostics);
    for (Located& module : read_words(*list, "modules", module_name, diagnostics)) {
      driver.modules.push_back(std::move(module.value));
    }
  }
  if (const Node* flavours = fields.required("flavours")) {
    read_flavours(*flavours, driver, diagnostics);
  }
  if (const Node* list = fields.optional("patches"); list != nullptr) {
    const bool none = list->kind == NodeKind::list && list->items.empty();
    if (!none) {
      for (const Node& item : read_list(*list, "patches", diagnostics)) {
        driver.patches.push_back(read_patch(item, driver, origin, diagnostics));
      }
    }
  }
  fields.finish();
  return driver;
}

}  // namespace ingot::spec
