// SPDX-License-Identifier: Apache-2.0
#include "run/room_findings.hpp"

#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::run {
namespace {

/// Less than that, and the first compiler or the firmware is out of memory.
constexpr Bytes least_memory = 512_MiB;
constexpr std::uint64_t least_files = 200'000;

FolderFacts folder_facts(FolderFacts facts) {
  try {
    if (!facts.folder.empty()) facts.storage = os::storage_of(facts.folder);
  } catch (const Error&) {
    // Nothing is known then, and that is what the row says.
  }
  return facts;
}

Finding folder(const FolderFacts& facts) {
  const std::string elsewhere = format("choose another folder with {}", facts.chosen_by);
  if (!facts.storage) {
    return missing(facts.id,
                   {facts.folder.empty() ? "there is no place for it"
                                         : facts.folder.string() + " cannot be asked for its room",
                    elsewhere},
                   facts.needed_for);
  }
  const os::Storage& storage = *facts.storage;
  const std::string where = format("{} ({})", facts.folder.string(), storage.type);
  if (!storage.writable) {
    return missing(facts.id, {format("{}: no permission to write", where), elsewhere},
                   facts.needed_for);
  }
  if (storage.type == "vfat") {
    return missing(facts.id,
                   {format("{}: holds no file above 4 GiB and no holes", where), elsewhere},
                   facts.needed_for);
  }
  const std::string room = format("{}: {} free, {} wanted for {}", where, human(storage.free),
                                  human(facts.wanted), facts.wanted_by);
  if (storage.free < facts.wanted) {
    return {facts.id, facts.when_short, room, facts.needed_for,
            format("free {} there, or {}", human({facts.wanted.count - storage.free.count}),
                   elsewhere)};
  }
  if (facts.id == "disk.cache" && storage.free_files != 0 && storage.free_files < least_files) {
    return missing(
        facts.id,
        {format("{}: room for {} more files, {} wanted", where, storage.free_files, least_files),
         elsewhere},
        facts.needed_for);
  }
  return {facts.id, FindingState::ok, room, facts.needed_for, {}};
}

Finding memory(const std::string& id, const os::Memory& memory, Bytes wanted, const char* what,
               const std::string& fix, std::vector<Purpose> needed_for) {
  const std::string found = format("{} of {} available, {} wanted for {}", human(memory.available),
                                   human(memory.total), human(wanted), what);
  const auto state = memory.available >= wanted         ? FindingState::ok
                     : memory.available >= least_memory ? FindingState::warning
                                                        : FindingState::missing;
  return {id, state, found, std::move(needed_for), state == FindingState::ok ? std::string() : fix};
}

Finding processors(unsigned count) {
  Finding finding{"processors", FindingState::ok, format("{}", count), {Purpose::build}, {}};
  if (count < 2) {
    finding.state = FindingState::warning;
    finding.found += ": nothing runs in parallel; modules alone compile for about four minutes";
    finding.fix = "give this machine or container more processors";
  }
  return finding;
}

}  // namespace

RoomFacts look_at_room(const os::Environment& environment,
                       const std::optional<std::filesystem::path>& cache,
                       const std::filesystem::path& output, const BuildNeeds& needs) {
  RoomFacts facts;
  facts.folders = {folder_facts({.id = "disk.cache",
                                 .folder = cache.value_or(""),
                                 .chosen_by = "INGOT_CACHE",
                                 .storage = {},
                                 .wanted = needs.cache,
                                 .wanted_by = needs.origin,
                                 .needed_for = {Purpose::lock, Purpose::build}}),
                   folder_facts({.id = "disk.output",
                                 .folder = output,
                                 .chosen_by = "--output",
                                 .storage = {},
                                 .wanted = needs.output,
                                 .wanted_by = needs.origin,
                                 .needed_for = {Purpose::build, Purpose::test}}),
                   folder_facts({.id = "disk.temporary",
                                 .folder = environment.get_or("TMPDIR", "/var/tmp"),
                                 .chosen_by = "TMPDIR",
                                 .storage = {},
                                 .wanted = needs.temporary,
                                 .wanted_by = "the machine that reads disks",
                                 .needed_for = {Purpose::verify}})};
  FolderFacts& in_cache = facts.folders[0];
  FolderFacts& in_output = facts.folders[1];
  // What was built before need not be built again, but nobody knows that without a plan.
  if (needs.packages_stored) in_cache.when_short = FindingState::warning;
  if (in_cache.storage && in_output.storage &&
      in_cache.storage->device == in_output.storage->device) {
    in_output.wanted = in_output.wanted + in_cache.wanted;
    in_output.wanted_by += ", with the cache beside it";
    in_output.when_short = in_cache.when_short;
  }
  facts.memory = os::memory_here();
  facts.processors = std::thread::hardware_concurrency();
  facts.needs = needs;
  return facts;
}

std::vector<Finding> room_findings(const RoomFacts& facts) {
  std::vector<Finding> findings;
  for (const FolderFacts& one : facts.folders) findings.push_back(folder(one));
  findings.push_back(memory("memory", facts.memory, facts.needs.memory, "a build",
                            "end other programs, or build with --jobs 1", {Purpose::build}));
  findings.push_back(
      memory("memory.machine", facts.memory, facts.needs.machine, "the machine under test",
             "end other programs, or test with --format disk --memory 1024", {Purpose::test}));
  findings.push_back(processors(facts.processors));
  return findings;
}

}  // namespace ingot::run
