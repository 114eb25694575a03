// SPDX-License-Identifier: Apache-2.0
#include "spec/layer.hpp"

#include <algorithm>
#include <set>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/fields.hpp"
#include "spec/layer_content.hpp"
#include "spec/parse.hpp"
#include "spec/substitution.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

/// Reads one layer.yaml; every string may hold substitutions, which are checked by name here.
class LayerReader {
public:
  LayerReader(const Node& root, const Origin& origin, Diagnostics& diagnostics)
      : root_(root), origin_(origin), diagnostics_(diagnostics) {}

  Layer read();

private:
  std::optional<Located> word(const Node* node, std::string_view key, const Syntax& syntax);
  std::vector<Located> words(const Node* node, std::string_view key, const Syntax& syntax);
  std::vector<PackageEntry> packages(const Node* node, std::string_view key);
  std::optional<PackageEntry> package(const Node& node);
  std::vector<Condition> conditions(const Node& node);
  void check_order(const Condition& condition);
  std::vector<Repository> repositories(const Node& node);
  Repository repository(const Node& node);
  Units units(const Node& node);
  std::vector<EnvironmentEntry> environment(const Node& node);
  void needs(const Node& node);
  void driver_modules(const Node& node);

  const Node& root_;
  const Origin& origin_;
  Diagnostics& diagnostics_;
  Layer layer_;
  std::vector<std::string> option_names_;
};

std::optional<Located> LayerReader::word(const Node* node, std::string_view key,
                                         const Syntax& syntax) {
  if (node == nullptr) return std::nullopt;
  auto read = read_word(*node, key, syntax, diagnostics_, Substitutions::allowed);
  if (read) check_substitutions(*read, option_names_, diagnostics_);
  return read;
}

std::vector<Located> LayerReader::words(const Node* node, std::string_view key,
                                        const Syntax& syntax) {
  if (node == nullptr) return {};
  std::vector<Located> read = read_words(*node, key, syntax, diagnostics_, Substitutions::allowed);
  for (const Located& one : read) check_substitutions(one, option_names_, diagnostics_);
  return read;
}

Layer LayerReader::read() {
  layer_.name = origin_.name;
  layer_.file = origin_.file;
  layer_.folder = origin_.folder;
  Fields fields{root_, "layer", diagnostics_};
  check_own_name(fields.required("layer"), "layer", definition_name, origin_, diagnostics_);
  if (const Node* text = fields.required("description")) {
    layer_.description = read_text(*text, "description", diagnostics_).value_or("");
  }
  if (const Node* options = fields.optional("options")) {
    layer_.options = parse_options(*options, diagnostics_);
    for (const auto& [name, option] : layer_.options) option_names_.push_back(name);
  }
  // Defaults may use facts, but no options: that would be a circle.
  for (const auto& [name, option] : layer_.options) {
    const auto* text = std::get_if<std::string>(&option.default_value);
    if (text != nullptr) check_substitutions({*text, option.place}, {}, diagnostics_);
  }
  layer_.after = words(fields.optional("after"), "after", definition_name);
  layer_.requires_layers = words(fields.optional("requires"), "requires", definition_name);
  if (const Node* list = fields.optional("needs")) needs(*list);
  if (const Node* list = fields.optional("repositories")) {
    layer_.repositories = repositories(*list);
  }
  layer_.packages = packages(fields.optional("packages"), "packages");
  if (const Node* node = fields.optional("build-root")) {
    Fields build{*node, "build-root", diagnostics_};
    layer_.build_root = packages(build.required("packages"), "packages");
    build.finish();
  }
  layer_.kernel_line = words(fields.optional("kernel-line"), "kernel-line", kernel_word);
  if (const Node* node = fields.optional("units")) layer_.units = units(*node);
  if (const Node* node = fields.optional("environment")) layer_.environment = environment(*node);
  if (const Node* node = fields.optional("modules")) driver_modules(*node);
  fields.finish();
  layer_.content = find_content(origin_, diagnostics_);
  return std::move(layer_);
}

void LayerReader::needs(const Node& node) {
  for (const Node& item : read_list(node, "needs", diagnostics_)) {
    const auto fact = read_choice(item, "fact", {"driver", "kernel"}, diagnostics_);
    if (fact) (*fact == 0 ? layer_.needs_driver : layer_.needs_kernel) = true;
  }
}

void LayerReader::driver_modules(const Node& node) {
  if (read_choice(node, "source of modules", {"driver"}, diagnostics_)) {
    layer_.driver_modules = node.place;
  }
}

std::vector<PackageEntry> LayerReader::packages(const Node* node, std::string_view key) {
  std::vector<PackageEntry> entries;
  const bool none = node != nullptr && node->kind == NodeKind::list && node->items.empty();
  if (node == nullptr || none) return entries;
  std::vector<Located> unconditional;
  for (const Node& item : read_list(*node, key, diagnostics_)) {
    auto entry = package(item);
    if (!entry) continue;
    if (entry->when.empty()) unconditional.push_back(entry->name);
    entries.push_back(std::move(*entry));
  }
  refuse_duplicates(unconditional, key, diagnostics_);
  return entries;
}

std::optional<PackageEntry> LayerReader::package(const Node& node) {
  PackageEntry entry;
  if (node.kind != NodeKind::map) {
    auto name = word(&node, "package", package_name);
    if (!name) return std::nullopt;
    entry.name = std::move(*name);
    return entry;
  }
  Fields fields{node, "package", diagnostics_};
  auto name = word(fields.required("name"), "name", package_name);
  if (const Node* version = fields.optional("version")) {
    entry.version =
        read_quoted(*version, "version", package_version, diagnostics_, Substitutions::allowed);
    if (entry.version) check_substitutions(*entry.version, option_names_, diagnostics_);
  }
  if (const Node* hold = fields.optional("hold")) {
    entry.hold = read_boolean(*hold, "hold", diagnostics_).value_or(false);
  }
  if (const Node* when = fields.optional("when")) entry.when = conditions(*when);
  fields.finish();
  if (!name) return std::nullopt;
  entry.name = std::move(*name);
  return entry;
}

std::vector<Condition> LayerReader::conditions(const Node& node) {
  std::vector<Condition> found;
  const Fields fields{node, "condition", diagnostics_};
  if (fields.is_map() && node.entries.empty()) {
    diagnostics_.add({node.place, "'when' names no option", joined(option_names_, ", "), {}});
  }
  for (const MapEntry& entry : node.entries) {
    if (const auto dot = entry.key.find('.'); dot != std::string::npos) {
      found.push_back(
          {entry.key.substr(0, dot), entry.key.substr(dot + 1), {}, entry.value, entry.key_place});
      check_order(found.back());
      continue;
    }
    const auto option = layer_.options.find(entry.key);
    if (option == layer_.options.end()) {
      diagnostics_.add({entry.key_place,
                        format("the layer declares no option {}", in_quotes(entry.key)),
                        joined(option_names_, ", "), suggestion(entry.key, option_names_)});
      continue;
    }
    if (auto value = read_option_value(entry.value, option->second, diagnostics_)) {
      found.push_back({{}, entry.key, std::move(*value), entry.value, entry.key_place});
    }
  }
  return found;
}

void LayerReader::check_order(const Condition& condition) {
  const auto names = [&](const std::vector<Located>& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Located& name) { return name.value == condition.layer; });
  };
  if (names(layer_.after) && names(layer_.requires_layers)) return;
  diagnostics_.add({condition.place,
                    format("'when' asks for an option of the layer {}", in_quotes(condition.layer)),
                    {},
                    "name that layer in 'requires' and in 'after'"});
}

std::vector<Repository> LayerReader::repositories(const Node& node) {
  std::vector<Repository> found;
  std::vector<Located> names;
  for (const Node& item : read_list(node, "repositories", diagnostics_)) {
    found.push_back(repository(item));
    if (found.back().when.empty()) names.push_back(found.back().name);
  }
  std::erase_if(names, [](const Located& name) { return name.value.empty(); });
  refuse_duplicates(names, "repositories", diagnostics_);
  return found;
}

Repository LayerReader::repository(const Node& node) {
  Repository found;
  found.place = node.place;
  Fields fields{node, "repository", diagnostics_};
  const auto take = [&](std::string_view key, const Syntax& syntax) {
    return word(fields.required(key), key, syntax).value_or(Located{{}, node.place});
  };
  found.name = take("name", definition_name);
  found.archive = take("archive", repository_path);
  found.suite = take("suite", repository_path);
  found.keyring = take("keyring", file_name);
  if (const Node* list = fields.required("components")) {
    read_list(*list, "components", diagnostics_);
    found.components = words(list, "components", repository_path);
  }
  if (const Node* list = fields.required("signed-by")) {
    std::vector<Located> keys;
    for (const Node& item : read_list(*list, "signed-by", diagnostics_)) {
      auto key = read_verbatim(item, "signed-by", fingerprint, diagnostics_);
      if (!key) continue;
      std::transform(key->value.begin(), key->value.end(), key->value.begin(), [](char c) {
        return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      found.signed_by.push_back(key->value);
      keys.push_back(std::move(*key));
    }
    refuse_duplicates(keys, "signed-by", diagnostics_);
  }
  if (const Node* when = fields.optional("when")) found.when = conditions(*when);
  fields.finish();
  return found;
}

Units LayerReader::units(const Node& node) {
  Units found;
  Fields fields{node, "set of units", diagnostics_};
  found.enable = words(fields.optional("enable"), "enable", unit_name);
  found.disable = words(fields.optional("disable"), "disable", unit_name);
  found.mask = words(fields.optional("mask"), "mask", unit_name);
  fields.finish();
  std::vector<Located> all = found.enable;
  all.insert(all.end(), found.disable.begin(), found.disable.end());
  all.insert(all.end(), found.mask.begin(), found.mask.end());
  refuse_duplicates(all, "units", diagnostics_);
  return found;
}

std::vector<EnvironmentEntry> LayerReader::environment(const Node& node) {
  std::vector<EnvironmentEntry> found;
  const Fields fields{node, "environment", diagnostics_};
  for (const MapEntry& entry : node.entries) {
    const Located name{entry.key, entry.key_place};
    if (!variable_name.accepts(name.value)) refuse_syntax(name, variable_name, diagnostics_);
    auto value = word(&entry.value, entry.key, any_line);
    if (value) found.push_back({name, std::move(*value)});
  }
  return found;
}

}  // namespace

Layer parse_layer(const Node& root, const Origin& origin, Diagnostics& diagnostics) {
  return LayerReader{root, origin, diagnostics}.read();
}

}  // namespace ingot::spec
