// SPDX-License-Identifier: Apache-2.0
#include "run/namespace_findings.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/child.hpp"
#include "os/file.hpp"
#include "os/overlay_trial.hpp"
#include "os/sandbox.hpp"

namespace ingot::run {
namespace {

constexpr std::chrono::seconds trial_limit{5};

const std::vector<Purpose> trees{Purpose::lock, Purpose::build};

/// Why `work` fails in a process of its own; nothing when it does not.
std::optional<std::string> fault_of(const std::function<void()>& work) {
  try {
    os::in_child(
        [&] {
          work();
          return std::string();
        },
        trial_limit);
    return std::nullopt;
  } catch (const Error& error) {
    return error.message();
  }
}

Finding ok(std::string id, std::string found) {
  return {std::move(id), FindingState::ok, std::move(found), trees, {}};
}

Finding user_namespace(const NamespaceFacts& facts) {
  const char* id = "user-namespace";
  if (facts.who.is_root()) {
    if (const auto lack = os::mapping_lack(facts.uid_map)) return missing(id, *lack, trees);
    return ok(id, "root needs none");
  }
  if (facts.kernel) return missing(id, *facts.kernel, trees);
  return ok(id, facts.who.name + " can make one and mount in it");
}

Finding subordinate_ids(const NamespaceFacts& facts) {
  const char* id = "subordinate-ids";
  if (facts.who.is_root()) return ok(id, "root needs none");
  if (const auto lack = os::range_lack(facts.sources, facts.who)) return missing(id, *lack, trees);
  std::string found;
  for (const os::IdSource& source : facts.sources) {
    const os::IdRange range = source.range.value();
    found += format("{}{} gives {} the ids {} to {}", found.empty() ? "" : ", ", source.file,
                    facts.who.name, range.first, range.first + (range.count - 1));
  }
  return ok(id, found);
}

Finding id_map_programs(const NamespaceFacts& facts) {
  const char* id = "id-map-programs";
  if (facts.who.is_root()) return ok(id, "root needs none");
  if (const auto lack = os::program_lack(facts.sources)) return missing(id, *lack, trees);
  std::string found;
  for (const os::IdSource& source : facts.sources)
    found += (found.empty() ? "" : ", ") + source.found.value().string();
  return ok(id, found);
}

Finding mounts(const NamespaceFacts& facts) {
  const char* id = "mounts";
  if (!facts.mounts) return ok(id, "a mount namespace was made and left");
  if (facts.mounts->empty())
    return missing(id, {"not tried, for want of the above", "mend that first"}, trees);
  return missing(
      id,
      {*facts.mounts, facts.who.is_root()
                          ? "this root has no CAP_SYS_ADMIN: start the container with "
                            "--privileged, or run ingot as an ordinary user"
                          : "run ingot doctor as root to see whether root may mount, and "
                            "build as root there"},
      trees);
}

std::string overlay_fix(const std::string& fault) {
  if (fault.find("module 'overlay'") != std::string::npos) return "as root, run: modprobe overlay";
  if (fault.find("Permission denied") != std::string::npos ||
      fault.find("Read-only") != std::string::npos || fault.find("No space") != std::string::npos)
    return "set INGOT_CACHE to a folder that you can write and that has room";
  return "set INGOT_CACHE to a folder on ext4, xfs or btrfs; Linux 5.12 or later is needed";
}

Finding overlay(const NamespaceFacts& facts) {
  const char* id = "overlay";
  if (!facts.storage)
    return missing(id, {"the cache has no place", "set INGOT_CACHE to a folder"}, trees);
  const std::string where = format("{} ({})", facts.storage->folder.string(), facts.storage->type);
  if (facts.overlay && facts.overlay->empty())
    return missing(id, {"not tried, for want of the above", "mend that first"}, trees);
  if (facts.overlay)
    return missing(id, {format("{}: {}", where, *facts.overlay), overlay_fix(*facts.overlay)},
                   trees);
  if (!facts.storage->runs_programs)
    return missing(id,
                   {where + " is mounted noexec, and programs of the trees run from there",
                    "set INGOT_CACHE to a folder on another file system"},
                   trees);
  return ok(id, "mounted, changed and read back below " + where);
}

}  // namespace

NamespaceFacts look_at_namespaces(const os::Environment& environment,
                                  const std::optional<std::filesystem::path>& cache) {
  NamespaceFacts facts;
  facts.who = os::caller();
  facts.uid_map = os::read_file_if_any("/proc/self/uid_map").value_or("");
  if (!facts.who.is_root()) {
    facts.sources = os::id_sources(environment, facts.who);
    facts.kernel = os::try_user_namespace(facts.who);
  }
  if (cache) facts.storage = os::storage_of(*cache);
  const bool fit =
      !facts.kernel && (facts.who.is_root() ? !os::mapping_lack(facts.uid_map)
                                            : !os::range_lack(facts.sources, facts.who) &&
                                                  !os::program_lack(facts.sources));
  facts.mounts = facts.overlay = std::string();
  if (!fit) return facts;
  const auto enter = [&] {
    os::enter_user_namespace(environment);
    os::enter_private_mounts();
  };
  facts.mounts = fault_of(enter);
  if (facts.mounts || !facts.storage) return facts;
  facts.overlay = fault_of([&] {
    enter();
    os::try_overlay(facts.storage->folder);
  });
  return facts;
}

std::vector<Finding> namespace_findings(const NamespaceFacts& facts) {
  return {user_namespace(facts), subordinate_ids(facts), id_map_programs(facts), mounts(facts),
          overlay(facts)};
}

}  // namespace ingot::run
