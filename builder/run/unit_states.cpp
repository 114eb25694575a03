// SPDX-License-Identifier: Apache-2.0
#include "run/unit_states.hpp"

#include <algorithm>
#include <array>

#include "archive/file_lookup.hpp"

namespace ingot::run {
namespace {

using archive::ListedFile;

// systemd.unit(5), those that a tree can hold, strongest first.
constexpr std::array<std::string_view, 4> folders = {
    "etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
    "lib/systemd/system"};

constexpr std::array<std::string_view, 11> kinds = {".service", ".socket",    ".target", ".timer",
                                                    ".mount",   ".automount", ".swap",   ".path",
                                                    ".slice",   ".scope",     ".device"};

bool is_unit_name(std::string_view name) {
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) {
    return name.size() > kind.size() && name.ends_with(kind);
  });
}

bool is_null(const ListedFile& file) {
  return file.kind == os::FileKind::link ? file.target == "/dev/null"
                                         : file.kind == os::FileKind::regular && file.size == 0;
}

std::string definition_of(const ListedFile& file) {
  return "/" + file.path + " " + (file.digest ? file.digest->hex() : file.target);
}

class UnitWalk {
public:
  /// Of two places of one name, the first that comes counts.
  void add(std::string_view folder, const ListedFile& file) {
    const std::string_view inside = std::string_view(file.path).substr(folder.size() + 1);
    const std::size_t slash = inside.find('/');
    if (file.kind == os::FileKind::folder || !seen_.emplace(inside).second) return;
    if (slash == std::string_view::npos) {
      if (is_unit_name(inside)) add_unit(std::string(inside), file);
      return;
    }
    const std::string_view beside = inside.substr(0, slash);
    const std::string name(inside.substr(slash + 1));
    for (const std::string_view wish : {".wants", ".requires"}) {
      if (beside.ends_with(wish) && !is_null(file) && is_unit_name(name))
        wanted_by_[name].emplace(beside.substr(0, beside.size() - wish.size()));
    }
    if (beside.ends_with(".d") && name.ends_with(".conf") && !is_null(file))
      drop_ins_[std::string(beside.substr(0, beside.size() - 2))].insert(definition_of(file));
  }

  std::map<std::string, UnitState> result() {
    for (auto& [name, wishes] : wanted_by_) {
      UnitState& unit = units_[name];
      unit.wanted_by = std::move(wishes);
      if (unit.state.empty() || unit.state == "not enabled") unit.state = "enabled";
    }
    for (auto& [name, parts] : drop_ins_) {
      const auto unit = units_.find(name);
      if (unit != units_.end()) unit->second.definition.merge(parts);
    }
    return std::move(units_);
  }

private:
  void add_unit(const std::string& name, const ListedFile& file) {
    UnitState& unit = units_[name];
    unit.state = "not enabled";
    if (is_null(file)) {
      unit.state = "masked";
    } else if (file.kind == os::FileKind::link && archive::last_name(file.target) != name) {
      unit.state = "alias of " + std::string(archive::last_name(file.target));
    } else {
      unit.definition.insert(definition_of(file));
    }
  }

  std::set<std::string, std::less<>> seen_;
  std::map<std::string, UnitState> units_;
  std::map<std::string, std::set<std::string>> wanted_by_;
  std::map<std::string, std::set<std::string>> drop_ins_;
};

}  // namespace

std::map<std::string, UnitState> unit_states(const std::vector<ListedFile>& files) {
  const archive::FileLookup lookup(files);
  UnitWalk walk;
  for (const std::string_view folder : folders) {
    const ListedFile* place = lookup.find(folder);
    if (place == nullptr || place->kind != os::FileKind::folder) continue;
    for (const ListedFile* file : lookup.below(*place)) walk.add(folder, *file);
  }
  return walk.result();
}

}  // namespace ingot::run
