// SPDX-License-Identifier: Apache-2.0
#include "spec/resolver.hpp"

#include <algorithm>
#include <system_error>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

/// Stands for a fact that is missing because of a fault reported already, so that it is reported
/// once: a word that packages and versions accept. The result is not used.
std::string stand_in(std::string name) {
  std::replace(name.begin(), name.end(), '.', '-');
  return "unknown-" + name;
}

void add_fact(Facts& facts, const char* name, const std::string& value) {
  facts.insert_or_assign(name, value.empty() ? stand_in(name) : value);
}

void add_unknown_facts(Facts& facts, std::string_view prefix) {
  for (const std::string& name : fact_names()) {
    if (name.starts_with(prefix)) facts.emplace(name, stand_in(name));
  }
}

std::size_t index_of(const std::vector<LayerUse>& layers, std::string_view name) {
  const auto found = std::find_if(layers.begin(), layers.end(),
                                  [&](const LayerUse& use) { return use.name.value == name; });
  return static_cast<std::size_t>(found - layers.begin());
}

}  // namespace

ResolvedImage Resolver::resolve() {
  resolved_.name = image_.name;
  resolved_.version = image_.version;
  resolved_.architecture = image_.architecture;
  resolved_.description = image_.description;
  resolved_.project = catalogue_.project();
  resolved_.file = image_.file;
  resolved_.profile = image_.profile;
  resolved_.formats = image_.formats;
  resolved_.disk = image_.disk;
  files_.insert(image_.file);
  add_fact(facts_, "image.name", image_.name);
  add_fact(facts_, "image.version", image_.version);
  add_fact(facts_, "image.architecture", image_.architecture);
  resolve_kernel();
  resolve_driver();
  find_pair();
  for (const LayerUse& use : image_.layers) add_layer(use);
  check_across_layers();
  const auto own = words(image_.kernel_line, kernel_word, facts_);
  resolved_.kernel_line.insert(resolved_.kernel_line.end(), own.begin(), own.end());
  resolved_.files.assign(files_.begin(), files_.end());
  return std::move(resolved_);
}

void Resolver::resolve_kernel() {
  if (!image_.kernel) return;
  const bool named = !image_.kernel->value.empty();
  const Kernel* const kernel = named ? catalogue_.kernel(*image_.kernel) : nullptr;
  if (kernel == nullptr) {
    add_unknown_facts(facts_, "kernel.");
    return;
  }
  resolved_.kernel = *kernel;
  files_.insert(kernel->file);
  add_fact(facts_, "kernel.release", kernel->release);
  add_fact(facts_, "kernel.package", kernel->image.package);
  add_fact(facts_, "kernel.version", kernel->image.version);
  add_fact(facts_, "kernel.headers", kernel->headers.package);
  add_fact(facts_, "kernel.headers-version", kernel->headers.version);
  add_fact(facts_, "kernel.compiler", kernel->compiler);
}

void Resolver::resolve_driver() {
  if (!image_.driver) return;
  const bool named = !image_.driver->version.value.empty();
  const Driver* const driver = named ? catalogue_.driver(image_.driver->version) : nullptr;
  if (driver != nullptr) take_flavour(*driver);
  add_unknown_facts(facts_, "driver.");
}

void Resolver::take_flavour(const Driver& driver) {
  files_.insert(driver.file);
  const Flavour flavour = image_.driver->flavour;
  const auto source = driver.flavours.find(flavour);
  if (source == driver.flavours.end()) {
    std::vector<std::string> offered;
    for (const auto& [one, unused] : driver.flavours) offered.emplace_back(name_of(one));
    diagnostics_.add({image_.driver->flavour_place,
                      format("driver '{}' has no flavour '{}'", driver.version, name_of(flavour)),
                      joined(offered, ", "),
                      {}});
    return;
  }
  ResolvedDriver taken{.version = driver.version,
                       .package_version = driver.package_version,
                       .flavour = flavour,
                       .persistenced = driver.persistenced,
                       .firmware = driver.firmware,
                       .modules = driver.modules,
                       .source = source->second,
                       .patches = {},
                       .file = driver.file};
  const std::string kernel = image_.kernel ? image_.kernel->value : std::string{};
  for (const Patch& patch : driver.patches) {
    const bool for_flavour =
        std::find(patch.flavours.begin(), patch.flavours.end(), flavour) != patch.flavours.end();
    const bool for_kernel = patch.kernels.empty() ||
                            std::any_of(patch.kernels.begin(), patch.kernels.end(),
                                        [&](const Located& name) { return name.value == kernel; });
    if (for_flavour && for_kernel) taken.patches.push_back(patch);
  }
  add_fact(facts_, "driver.version", taken.version);
  add_fact(facts_, "driver.package-version", taken.package_version);
  add_fact(facts_, "driver.flavour", std::string(name_of(flavour)));
  add_fact(facts_, "driver.source-package", taken.source.package);
  add_fact(facts_, "driver.source-version", taken.source.version);
  add_fact(facts_, "driver.source", taken.source.source);
  add_fact(facts_, "driver.firmware", taken.firmware);
  resolved_.driver = std::move(taken);
}

void Resolver::find_pair() {
  if (!resolved_.kernel || !resolved_.driver) return;
  for (const Pair& pair : catalogue_.pairs()) {
    files_.insert(Catalogue::matrix_file);
    const bool matches = pair.patches && pair.kernel.value == resolved_.kernel->name &&
                         pair.driver.value == resolved_.driver->version &&
                         pair.flavour == resolved_.driver->flavour;
    if (matches) resolved_.pair = pair;
  }
}

void Resolver::add_layer(const LayerUse& use) {
  const Layer* const layer = catalogue_.layer(use.name);
  if (layer == nullptr) return;
  files_.insert(layer->file);
  check_needs(*layer, use);
  check_order(*layer, use);
  check_modules(*layer);
  ResolvedLayer taken{.name = layer->name,
                      .folder = layer->folder,
                      .place = use.name.place,
                      .file = layer->file,
                      .options = {},
                      .repositories = {},
                      .packages = {},
                      .build_root = {},
                      .kernel_line = {},
                      .units = {},
                      .environment = {},
                      .receives_modules = layer->driver_modules.has_value(),
                      .needs_kernel = layer->needs_kernel,
                      .needs_driver = layer->needs_driver,
                      .content = layer->content};
  Facts facts = facts_;
  if (layer->needs_kernel) add_unknown_facts(facts, "kernel.");
  if (layer->needs_driver) add_unknown_facts(facts, "driver.");
  taken.options = options_of(*layer, use, facts);
  std::vector<Located> names;
  std::set<std::string> unconditional;
  for (const Repository& repository : layer->repositories) {
    if (!all_hold(repository.when, taken)) continue;
    taken.repositories.push_back(repository_of(repository, *layer, facts));
    const std::string& name = taken.repositories.back().name;
    // Two without conditions are a fault of the layer, reported already.
    const bool known = repository.when.empty() && !unconditional.insert(name).second;
    if (!name.empty() && !known) names.push_back({name, repository.name.place});
  }
  refuse_duplicates(names, "repositories", diagnostics_);
  taken.packages = packages_of(layer->packages, taken, facts);
  taken.build_root = packages_of(layer->build_root, taken, facts);
  taken.kernel_line = words(layer->kernel_line, kernel_word, facts);
  taken.units = {words(layer->units.enable, unit_name, facts),
                 words(layer->units.disable, unit_name, facts),
                 words(layer->units.mask, unit_name, facts)};
  for (const EnvironmentEntry& entry : layer->environment) {
    taken.environment[entry.name.value] = word(entry.value, any_line, facts);
  }
  for (const auto& [name, value] : taken.options) {
    taken.environment[environment_name(name)] = text_of(value);
  }
  resolved_.kernel_line.insert(resolved_.kernel_line.end(), taken.kernel_line.begin(),
                               taken.kernel_line.end());
  resolved_.layers.push_back(std::move(taken));
}

void Resolver::check_needs(const Layer& layer, const LayerUse& use) {
  const auto check = [&](bool needs, bool has, std::string_view fact) {
    if (!needs || has) return;
    diagnostics_.add({use.name.place,
                      format("layer '{}' needs a {}, and the image has none", layer.name, fact),
                      {},
                      format("name one with the key '{}', or leave the layer out", fact)});
  };
  check(layer.needs_kernel, image_.kernel.has_value(), "kernel");
  check(layer.needs_driver, image_.driver.has_value(), "driver");
}

void Resolver::check_order(const Layer& layer, const LayerUse& use) {
  const std::size_t own = index_of(image_.layers, layer.name);
  for (const Located& before : layer.after) {
    const std::size_t other = index_of(image_.layers, before.value);
    if (other >= image_.layers.size() || other <= own) continue;
    diagnostics_.add({use.name.place,
                      format("layer '{}' must come after '{}'", layer.name, before.value),
                      {},
                      format("move it below line {}; {} says so",
                             image_.layers[other].name.place.line, text_of(before.place))});
  }
  for (const Located& needed : layer.requires_layers) {
    if (index_of(image_.layers, needed.value) < image_.layers.size()) continue;
    diagnostics_.add(
        {use.name.place,
         format("layer '{}' requires the layer '{}'", layer.name, needed.value),
         {},
         format("add '{}' to the layers; {} says so", needed.value, text_of(needed.place))});
  }
}

void Resolver::check_modules(const Layer& layer) {
  if (!layer.driver_modules) return;
  if (!image_.driver && !layer.needs_driver) {
    diagnostics_.add({*layer.driver_modules,
                      format("the layer receives the driver's modules, but the image '{}' has no "
                             "driver",
                             image_.name),
                      {},
                      {}});
  }
  for (const ResolvedLayer& other : resolved_.layers) {
    if (!other.receives_modules) continue;
    diagnostics_.add({*layer.driver_modules,
                      format("in the image '{}' the layer '{}' receives the driver's modules too",
                             image_.name, other.name),
                      {},
                      {}});
  }
}

std::map<std::string, OptionValue> Resolver::options_of(const Layer& layer, const LayerUse& use,
                                                        Facts& facts) {
  std::map<std::string, OptionValue> values;
  std::map<std::string, Place> places;
  std::vector<std::string> names;
  for (const auto& [name, option] : layer.options) {
    values.emplace(name, option.default_value);
    places.emplace(name, option.place);
    names.push_back(name);
  }
  for (const OptionSetting& setting : use.options) {
    const auto option = layer.options.find(setting.name.value);
    if (option == layer.options.end()) {
      diagnostics_.add(
          {setting.name.place,
           format("layer '{}' has no option {}", layer.name, in_quotes(setting.name.value)),
           joined(names, ", "), suggestion(setting.name.value, names)});
      continue;
    }
    if (auto value = read_option_value(setting.value, option->second, diagnostics_)) {
      values[setting.name.value] = std::move(*value);
      places[setting.name.value] = setting.value.place;
    }
  }
  for (auto& [name, value] : values) {
    if (auto* text = std::get_if<std::string>(&value)) {
      *text = substituted({*text, places[name]}, facts, diagnostics_);
    }
  }
  for (const auto& [name, value] : values) facts["options." + name] = text_of(value);
  return values;
}

bool Resolver::all_hold(const std::vector<Condition>& conditions,
                        const ResolvedLayer& layer) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    const ResolvedLayer* of = &layer;
    if (!condition.layer.empty()) {
      const auto found = std::find_if(resolved_.layers.begin(), resolved_.layers.end(),
                                      [&](const auto& one) { return one.name == condition.layer; });
      // Its absence or order is a fault reported already.
      if (found == resolved_.layers.end()) return false;
      of = &*found;
    }
    const auto value = of->options.find(condition.option);
    return value != of->options.end() && value->second == condition.value;
  });
}

std::vector<ResolvedPackage> Resolver::packages_of(const std::vector<PackageEntry>& entries,
                                                   const ResolvedLayer& layer, const Facts& facts) {
  std::vector<ResolvedPackage> packages;
  std::vector<Located> names;
  for (const PackageEntry& entry : entries) {
    if (!all_hold(entry.when, layer)) continue;
    ResolvedPackage package{.name = word(entry.name, package_name, facts),
                            .version = {},
                            .hold = entry.hold,
                            .place = entry.name.place};
    if (entry.version) package.version = word(*entry.version, package_version, facts);
    names.push_back({package.name, package.place});
    packages.push_back(std::move(package));
  }
  refuse_duplicates(names, "packages", diagnostics_);
  return packages;
}

ResolvedRepository Resolver::repository_of(const Repository& repository, const Layer& layer,
                                           const Facts& facts) {
  ResolvedRepository taken{.name = word(repository.name, definition_name, facts),
                           .archive = word(repository.archive, repository_path, facts),
                           .suite = word(repository.suite, repository_path, facts),
                           .components = {},
                           .keyring_name = word(repository.keyring, file_name, facts),
                           .keyring = {},
                           .signed_by = repository.signed_by,
                           .place = repository.place};
  for (const Located& component : words(repository.components, repository_path, facts)) {
    taken.components.push_back(component.value);
  }
  std::error_code fault;
  const fs::path own = layer.folder / taken.keyring_name;
  const bool has_own = !taken.keyring_name.empty() && fs::is_regular_file(own, fault);
  taken.keyring = has_own ? own : fs::path("/usr/share/keyrings") / taken.keyring_name;
  return taken;
}

void Resolver::check_across_layers() {
  std::map<std::string, const ResolvedLayer*> repositories;
  std::map<std::string, const ResolvedPackage*> pinned;
  for (const ResolvedLayer& layer : resolved_.layers) {
    for (const ResolvedRepository& repository : layer.repositories) {
      if (repository.name.empty()) continue;
      const auto [first, is_new] = repositories.emplace(repository.name, &layer);
      if (is_new || first->second == &layer) continue;
      diagnostics_.add({repository.place,
                        format("in the image '{}' the layer '{}' has a repository '{}' too",
                               image_.name, first->second->name, repository.name),
                        {},
                        "give it another name"});
    }
    for (const ResolvedPackage& package : layer.packages) {
      if (!package.version) continue;
      const auto [first, is_new] = pinned.emplace(package.name, &package);
      if (is_new || first->second->version == package.version) continue;
      diagnostics_.add(
          {package.place,
           format("package '{}' is pinned to {} here and to {} by {}", package.name,
                  *package.version, *first->second->version, text_of(first->second->place)),
           {},
           {}});
    }
  }
}

std::string Resolver::word(const Located& text, const Syntax& syntax, const Facts& facts) {
  Located done{substituted(text, facts, diagnostics_), text.place};
  const bool is_new = done.value != text.value;
  if (is_new && !syntax.accepts(done.value)) refuse_syntax(done, syntax, diagnostics_);
  return std::move(done.value);
}

std::vector<Located> Resolver::words(const std::vector<Located>& texts, const Syntax& syntax,
                                     const Facts& facts) {
  std::vector<Located> done;
  for (const Located& text : texts) done.push_back({word(text, syntax, facts), text.place});
  return done;
}

}  // namespace ingot::spec
