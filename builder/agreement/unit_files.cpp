// SPDX-License-Identifier: Apache-2.0
#include "agreement/unit_files.hpp"

#include <algorithm>
#include <array>

namespace ingot::agreement {
namespace {

// systemd.unit(5), those that a tree can hold, strongest first.
constexpr std::array<std::string_view, 3> folders = {
    "etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system"};

// "getty@.service" for "getty@tty1.service", "" for what is no instance.
std::string template_of(std::string_view unit) {
  const std::size_t at = unit.find('@');
  const std::size_t dot = unit.rfind('.');
  if (at == std::string_view::npos || dot == std::string_view::npos || dot < at) return {};
  return std::string(unit.substr(0, at + 1)) + std::string(unit.substr(dot));
}

bool is_wish(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view folder = path.substr(0, slash);
  return folder.ends_with(".wants") || folder.ends_with(".requires");
}

}  // namespace

std::string UnitFiles::file_of(std::string_view unit) const {
  for (const std::string& name : {std::string(unit), template_of(unit)}) {
    if (name.empty()) continue;
    for (const std::string_view folder : folders) {
      std::string path = std::string(folder) + "/" + name;
      if (tree_.has(path)) return path;
    }
  }
  return {};
}

bool UnitFiles::masked(std::string_view unit) const {
  const std::string path = file_of(unit);
  const Entry* entry = path.empty() ? nullptr : tree_.find(path);
  if (entry == nullptr) return false;
  if (entry->kind == os::FileKind::link) return entry->target == "/dev/null";
  return entry->kind == os::FileKind::regular && entry->size == 0;
}

bool UnitFiles::exists(std::string_view unit) const {
  const std::string path = file_of(unit);
  if (path.empty()) return false;
  const auto end = tree_.root().resolved(path);
  const Entry* entry = end ? tree_.find(*end) : nullptr;
  return entry != nullptr && entry->kind == os::FileKind::regular;
}

std::vector<EnabledUnit> UnitFiles::wanted() const {
  std::vector<EnabledUnit> wishes;
  for (const std::string_view folder : folders)
    for (const std::string& path : tree_.paths_below(folder))
      if (is_wish(path)) wishes.push_back({std::string(name_in(path)), path});
  return wishes;
}

bool UnitFiles::enabled(std::string_view unit) const {
  if (masked(unit)) return false;
  const auto wishes = wanted();
  return std::any_of(wishes.begin(), wishes.end(),
                     [&](const EnabledUnit& wish) { return wish.name == unit; });
}

std::string UnitFiles::text(std::string_view unit) const {
  std::string whole;
  const std::string path = file_of(unit);
  if (!path.empty()) whole = tree_.root().read(path).value_or("");
  for (const std::string_view folder : folders) {
    const std::string drop_ins = std::string(folder) + "/" + std::string(unit) + ".d";
    for (const std::string& name : tree_.names_in(drop_ins))
      if (name.ends_with(".conf"))
        whole += "\n" + tree_.root().read(drop_ins + "/" + name).value_or("");
  }
  return whole;
}

}  // namespace ingot::agreement
