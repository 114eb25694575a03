// SPDX-License-Identifier: Apache-2.0
#include "run/kernel_modules.hpp"

#include <algorithm>
#include <set>

#include "agreement/kernel_module.hpp"
#include "archive/file_lookup.hpp"

namespace ingot::run {
namespace {

using archive::ListedFile;

constexpr std::string_view modules_folder = "usr/lib/modules";

std::vector<std::string> kernels_of(const std::vector<ListedFile>& files) {
  std::vector<std::string> kernels;
  const archive::FileLookup lookup(files);
  const ListedFile* folder = lookup.find(modules_folder);
  if (folder == nullptr || folder->kind != os::FileKind::folder) return kernels;
  for (const ListedFile* file : lookup.inside(*folder))
    if (file->kind == os::FileKind::folder) kernels.emplace_back(archive::last_name(file->path));
  return kernels;
}

/// By name; where a name comes again below one kernel, by its place too.
void add_modules(const archive::FileLookup& lookup, const std::string& kernel,
                 const std::string& prefix, std::map<std::string, ModuleState>& modules) {
  const ListedFile& folder = *lookup.find(std::string(modules_folder) + "/" + kernel);
  for (const ListedFile* file : lookup.below(folder)) {
    const std::string_view name = archive::last_name(file->path);
    if (file->kind == os::FileKind::folder || !agreement::is_module_file(name)) continue;
    const ModuleState module{file->path, file->path.substr(folder.path.size() + 1),
                             file->digest ? file->digest->hex() : file->target};
    const std::string key = prefix + agreement::module_name(name);
    if (!modules.emplace(key, module).second)
      modules.emplace(key + " (" + module.place + ")", module);
  }
}

std::map<std::string, ModuleState> modules_of(const std::vector<ListedFile>& files,
                                              const std::vector<std::string>& own,
                                              const std::vector<std::string>& others) {
  const archive::FileLookup lookup(files);
  std::map<std::string, ModuleState> modules;
  const bool alone = own.size() <= 1 && others.size() <= 1;
  for (const auto& [kernel, label] : kernel_labels(own, others))
    add_modules(lookup, kernel, alone ? "" : label + ": ", modules);
  return modules;
}

}  // namespace

std::map<std::string, std::string> kernel_labels(const std::vector<std::string>& own,
                                                 const std::vector<std::string>& others) {
  std::map<std::string, std::string> labels;
  const std::set<std::string> own_set(own.begin(), own.end());
  const std::set<std::string> other_set(others.begin(), others.end());
  const auto count_left = [](const auto& kernels, const auto& opposite) {
    return std::count_if(kernels.begin(), kernels.end(),
                         [&](const std::string& kernel) { return !opposite.contains(kernel); });
  };
  const bool pair_left = count_left(own_set, other_set) == 1 && count_left(other_set, own_set) == 1;
  for (const std::string& kernel : own)
    labels[kernel] = pair_left && !other_set.contains(kernel) ? "other kernel" : kernel;
  return labels;
}

KernelModules kernel_modules(const std::vector<ListedFile>& a, const std::vector<ListedFile>& b) {
  KernelModules result{kernels_of(a), kernels_of(b), {}};
  result.differences = differences(modules_of(a, result.kernels_a, result.kernels_b),
                                   modules_of(b, result.kernels_b, result.kernels_a));
  return result;
}

bool is_in_tree(const ModuleState& module) { return module.place.starts_with("kernel/"); }

ModuleFacts module_facts(const std::string& content, const std::string& path) {
  const agreement::KernelModule module = agreement::kernel_module_of(content, path, std::nullopt);
  return {module.field("version"), module.field("srcversion"), module.field("vermagic"),
          module.signer, module.broken};
}

std::vector<std::string> changed_properties(const ModuleState& a, const ModuleState& b) {
  std::vector<std::string> words;
  if (a.place != b.place) words.emplace_back("place");
  if (a.facts && b.facts) {
    if (a.facts->version != b.facts->version) words.emplace_back("version");
    if (a.facts->srcversion != b.facts->srcversion) words.emplace_back("srcversion");
    if (a.facts->vermagic != b.facts->vermagic) words.emplace_back("vermagic");
    if (a.facts->signer != b.facts->signer) words.emplace_back("signer");
  }
  if (words.empty()) words.emplace_back("content");
  return words;
}

}  // namespace ingot::run
