// SPDX-License-Identifier: Apache-2.0
#include "cli/difference_json.hpp"

#include <nlohmann/json.hpp>

#include "cli/json_bytes.hpp"
#include "package/version.hpp"
#include "run/kernel_words.hpp"

namespace ingot::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::string& value) { return value; }
Json json_of(std::uint64_t value) { return value; }

Json json_of(const run::UnitState& unit) {
  return {{"state", unit.state}, {"wantedBy", unit.wanted_by}};
}

Json json_of(const run::FormatFile& file) {
  Json row = {{"name", file.name}, {"size", file.size}};
  if (file.digest) row["sha256"] = file.digest->hex();
  return row;
}

Json json_of(const run::ModuleState& module) {
  Json row = {{"path", "/" + module.path}};
  if (!module.facts) return row;
  row["version"] = module.facts->version;
  row["srcversion"] = module.facts->srcversion;
  row["vermagic"] = module.facts->vermagic;
  row["signer"] = module.facts->signer;
  if (!module.facts->broken.empty()) row["broken"] = module.facts->broken;
  return row;
}

template <class Value>
Json row_of(const run::Difference<Value>& difference) {
  Json row;
  put_bytes(row, "name", difference.name);
  row["change"] = difference.kind();
  if (difference.a) row["a"] = json_of(*difference.a);
  if (difference.b) row["b"] = json_of(*difference.b);
  return row;
}

template <class Value, class Add>
Json rows_of(const run::Differences<Value>& differences, const Add& add) {
  Json rows = Json::array();
  for (const run::Difference<Value>& difference : differences) {
    Json row = row_of(difference);
    add(difference, row);
    rows.push_back(std::move(row));
  }
  return rows;
}

template <class Value>
Json rows_of(const run::Differences<Value>& differences) {
  return rows_of(differences, [](const auto&, Json&) {});
}

Json packages_json(const run::Differences<std::string>& packages) {
  return rows_of(packages, [](const auto& package, Json& row) {
    if (!package.a || !package.b) return;
    const auto order = package::compare_versions(*package.a, *package.b);
    row["direction"] = order < 0 ? "newer" : order > 0 ? "older" : "equivalent";
  });
}

Json modules_json(const run::KernelModules& modules) {
  return {{"kernels", {{"a", modules.kernels_a}, {"b", modules.kernels_b}}},
          {"changes", rows_of(modules.differences, [](const auto& module, Json& row) {
             if (module.a && module.b)
               row["properties"] = run::changed_properties(*module.a, *module.b);
           })}};
}

Json units_json(const run::Differences<run::UnitState>& units) {
  return rows_of(units, [](const auto& unit, Json& row) {
    if (unit.a && unit.b) row["definitionChanged"] = unit.a->definition != unit.b->definition;
  });
}

Json json_of(const run::FileCounts& counts) {
  return {{"added", counts.added},
          {"removed", counts.removed},
          {"changed", counts.changed},
          {"timeOnly", counts.time_only}};
}

Json groups_json(const std::map<std::string, run::FileCounts>& groups, const std::string& key) {
  Json rows = Json::array();
  for (const auto& [name, counts] : groups) {
    Json row;
    put_bytes(row, key, name);
    row.update(json_of(counts));
    rows.push_back(std::move(row));
  }
  return rows;
}

Json files_json(const run::FileChanges& files) {
  Json rows = Json::array();
  for (const run::FileChange& file : files.files) {
    Json row;
    put_bytes(row, "path", file.path == "." ? "/" : "/" + file.path);
    row["change"] = name_of(file.kind);
    if (!file.package.empty()) row["package"] = file.package;
    for (const archive::FileDifference& property : file.properties)
      row["properties"].push_back(
          {{"what", property.what}, {"a", property.expected}, {"b", property.found}});
    rows.push_back(std::move(row));
  }
  return {{"counts", json_of(files.total)},
          {"folders", groups_json(files.folders, "folder")},
          {"packages", groups_json(files.packages, "package")},
          {"changes", std::move(rows)}};
}

Json sizes_json(const run::SizeDifferences& sizes) {
  return {{"total", {{"a", sizes.total_a}, {"b", sizes.total_b}}},
          {"folders", rows_of(sizes.folders)},
          {"packages", rows_of(sizes.packages)},
          {"formats", rows_of(sizes.formats)}};
}

Json kernel_line_json(const run::Differences<std::string>& words) {
  return rows_of(words, [](const auto& word, Json& row) {
    row["namesRootImage"] = run::names_root_image(word.name);
  });
}

std::string_view word_for(run::TreeSource source) {
  switch (source) {
    case run::TreeSource::release:
      return "release";
    case run::TreeSource::tar:
      return "tar";
    case run::TreeSource::file_list:
      return "file-list";
  }
  return "unknown";
}

Json json_of(const run::ComparedRelease& release) {
  Json row;
  put_bytes(row, "place", release.place.string());
  row["source"] = word_for(release.source);
  if (!release.product.empty()) {
    row["image"] = release.product;
    row["version"] = release.version;
  }
  return row;
}

}  // namespace

std::string json_text_of(const run::ReleaseDifference& difference) {
  Json result = {{"schema", "ingot/diff/v1"},      {"a", json_of(difference.a)},
                 {"b", json_of(difference.b)},     {"equal", difference.equal()},
                 {"equalSections", Json::array()}, {"notCompared", Json::array()}};
  for (const run::Section section : run::all_sections)
    if (difference.is_equal(section)) result["equalSections"].push_back(name_of(section));
  for (const run::NotCompared& skipped : difference.not_compared)
    result["notCompared"].push_back(
        {{"section", name_of(skipped.section)}, {"reason", skipped.reason}});
  if (difference.packages) result["packages"] = packages_json(*difference.packages);
  if (difference.modules) result["modules"] = modules_json(*difference.modules);
  if (difference.units) result["units"] = units_json(*difference.units);
  if (difference.kernel_config) result["kernelConfig"] = rows_of(*difference.kernel_config);
  if (difference.files) result["files"] = files_json(*difference.files);
  if (difference.sizes) result["sizes"] = sizes_json(*difference.sizes);
  if (difference.formats) result["formats"] = rows_of(*difference.formats);
  if (difference.kernel_line) result["kernelLine"] = kernel_line_json(*difference.kernel_line);
  if (difference.agreement)
    result["agreement"] = {
        {"verdict",
         {{"a", difference.agreement->verdict_a}, {"b", difference.agreement->verdict_b}}},
        {"rules", rows_of(difference.agreement->rules)}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ingot::cli
