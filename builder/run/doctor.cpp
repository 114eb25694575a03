// SPDX-License-Identifier: Apache-2.0
#include "run/doctor.hpp"

#include <future>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/storage.hpp"
#include "run/archive_findings.hpp"
#include "run/build_needs.hpp"
#include "run/definitions.hpp"
#include "run/locking.hpp"
#include "run/machine_findings.hpp"
#include "run/mirrors.hpp"
#include "run/namespace_findings.hpp"
#include "run/room_findings.hpp"
#include "store/store.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds mirror_limit{8};
constexpr Bytes scratch_room = 16_MiB;

/// What the project and the image named say.
struct Wanted {
  std::vector<spec::ResolvedRepository> repositories;  ///< each once
  BuildNeeds needs = usual_needs();
  std::int64_t locked = 0;
  fs::path release;  ///< empty without an image
  std::vector<Finding> findings;
};

std::optional<fs::path> cache_of(const os::Environment& environment) {
  try {
    return environment.cache_folder();
  } catch (const Error&) {
    return std::nullopt;
  }
}

Bytes absent_bytes(const spec::Lock& lock, const std::optional<fs::path>& cache) {
  // Opening a store would make it.
  std::optional<store::Store> store;
  if (cache && fs::is_directory(*cache / "blobs")) store.emplace(*cache);
  Bytes absent;
  std::set<Sha256> counted;
  for (const auto* root : {&lock.image_root, &lock.build_root}) {
    for (const spec::LockedPackage& package : *root) {
      if (!counted.insert(package.sha256).second) continue;
      if (!store || !store->find_blob(package.sha256, package.size)) absent = absent + package.size;
    }
  }
  return absent;
}

void add_repositories(const spec::ResolvedImage& image, Wanted& wanted) {
  for (const spec::ResolvedLayer& layer : image.layers) {
    for (const spec::ResolvedRepository& repository : layer.repositories) {
      const auto same = [&](const spec::ResolvedRepository& known) {
        return std::tie(known.archive, known.suite) ==
               std::tie(repository.archive, repository.suite);
      };
      if (std::none_of(wanted.repositories.begin(), wanted.repositories.end(), same))
        wanted.repositories.push_back(repository);
    }
  }
}

Finding lock_finding(const spec::ResolvedImage& image, const std::optional<spec::Lock>& lock,
                     Bytes absent) {
  Finding finding{"lock", FindingState::warning, {}, {Purpose::build}, {}};
  finding.fix = format("run: ingot lock {}", image.file);
  if (!lock) {
    finding.found = format("{} has none; a build makes it first", image.name);
  } else if (lock->definitions != definitions_digest(image)) {
    finding.found =
        format("that of {} does not match its definitions; a build makes it afresh", image.name);
  } else {
    finding.state = FindingState::ok;
    finding.found = format("{} and {} packages, {} of them still to be fetched",
                           lock->image_root.size(), lock->build_root.size(), human(absent));
    finding.fix.clear();
  }
  return finding;
}

Wanted wanted_by(const spec::ResolvedImage& image, const DoctorRequest& request,
                 const std::optional<fs::path>& cache) {
  Wanted wanted;
  add_repositories(image, wanted);
  wanted.release = request.output / format("{}-{}", image.name, image.version);
  const auto lock = load_lock(image);
  Bytes absent;
  if (lock) {
    absent = absent_bytes(*lock, cache);
    wanted.needs =
        needs_of(*lock, image.driver.has_value(), absent, os::allocated_below(wanted.release));
    wanted.locked = lock->epoch;
  }
  wanted.findings.push_back(lock_finding(image, lock, absent));
  if (wanted.findings.back().state != FindingState::ok) wanted.needs.packages_stored = false;
  return wanted;
}

/// All repositories of a project; one with faults, or none, is a finding.
Wanted wanted_by_all(const DoctorRequest& request) {
  Wanted wanted;
  try {
    spec::Diagnostics diagnostics;
    const spec::Project project = spec::load_all(request.project, diagnostics);
    diagnostics.throw_if_any();
    for (const spec::ResolvedImage& image : project.resolved) {
      add_repositories(image, wanted);
      if (const auto lock = load_lock(image)) wanted.locked = std::max(wanted.locked, lock->epoch);
    }
  } catch (const Error&) {
    wanted.findings.push_back(
        {"definitions",
         FindingState::warning,
         format("{} holds no definitions without faults, so no repository is asked",
                request.project.string()),
         {Purpose::lock, Purpose::build},
         "run ingot doctor in the project's folder or with -C, and ingot check for the faults"});
  }
  return wanted;
}

/// A folder for files of the probes that has room, whatever is wrong with the others.
fs::path scratch_parent(const os::Environment& environment, const std::optional<fs::path>& cache) {
  std::vector<fs::path> folders{environment.get_or("TMPDIR", "/tmp"), "/tmp", "/var/tmp"};
  if (cache) folders.push_back(os::storage_of(*cache).folder);
  for (const fs::path& folder : folders) {
    const os::Storage storage = os::storage_of(folder);
    if (storage.folder == folder.lexically_normal() && storage.writable &&
        storage.free >= scratch_room)
      return folder;
  }
  throw Error(Fault::environment,
              "no folder for the files of the probes; set TMPDIR to a folder with room");
}

/// Mirrors and KVM take seconds; they are asked at the same time.
class SlowProbes {
public:
  SlowProbes(const os::Runner& runner, fs::path scratch)
      : runner_(runner), scratch_(std::move(scratch)) {}

  void ask(const package::Repository& repository, RepositoryFacts& facts) {
    facts.answers.resize(repository.urls.size());
    for (std::size_t i = 0; i < repository.urls.size(); ++i) {
      const fs::path folder = new_folder();
      running_.push_back(std::async(std::launch::async, [=, this, &repository, &facts] {
        facts.answers[i] =
            ask_mirror(runner_, repository, repository.urls[i], folder, mirror_limit);
      }));
    }
  }
  void try_kvm(MachineFacts& facts) {
    const fs::path folder = new_folder();
    running_.push_back(std::async(std::launch::async, [=, &facts] { probe_kvm(facts, folder); }));
  }
  void finish() {
    for (std::future<void>& one : running_) one.get();
  }

private:
  fs::path new_folder() {
    fs::path folder = scratch_ / format("{}", running_.size());
    fs::create_directory(folder);
    return folder;
  }

  const os::Runner& runner_;
  fs::path scratch_;
  std::vector<std::future<void>> running_;
};

/// The repositories as the solver takes them, and what is known of each before it is asked.
std::vector<package::Repository> with_mirrors(const Wanted& wanted, Mirrors& mirrors,
                                              ArchiveFacts& facts) {
  std::vector<package::Repository> all;
  for (const spec::ResolvedRepository& repository : wanted.repositories) {
    all.push_back({.name = repository.name,
                   .archive = repository.archive,
                   .urls = {},
                   .suite = repository.suite,
                   .components = repository.components,
                   .keyring = repository.keyring,
                   .signed_by = repository.signed_by});
    RepositoryFacts known{.name = repository.name,
                          .archive = repository.archive,
                          .suite = repository.suite,
                          .fault = {},
                          .answers = {}};
    try {
      all.back().urls = mirrors.urls(repository.archive);
    } catch (const Error& error) {
      known.fault = error.message();
    }
    facts.repositories.push_back(std::move(known));
  }
  return all;
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  for (Finding& one : more) all.push_back(std::move(one));
}

}  // namespace

std::vector<Finding> examine(const DoctorRequest& request, const os::Environment& environment,
                             const os::Runner& runner) {
  const std::optional<fs::path> cache = cache_of(environment);
  Wanted wanted = request.image
                      ? wanted_by(load_image(request.project, *request.image), request, cache)
                      : wanted_by_all(request);
  Mirrors mirrors(request.mirrors, environment, runner);

  // These try namespaces in child processes, which is safe only before there are threads.
  const NamespaceFacts namespaces = look_at_namespaces(environment, cache);
  MachineFacts machines = look_at_machines(environment, runner, wanted.release, cache);
  const RoomFacts room = look_at_room(environment, cache, request.output, wanted.needs);

  ArchiveFacts archives;
  archives.asked = !request.offline;
  archives.packages_stored = wanted.needs.packages_stored;
  archives.locked = wanted.locked;
  archives.tools = look_at_tools(runner);
  const std::vector<package::Repository> repositories = with_mirrors(wanted, mirrors, archives);
  archives.keyrings = look_at_keyrings(repositories);

  const os::TempDir scratch("ingot doctor", scratch_parent(environment, cache));
  SlowProbes probes(runner, scratch.path());
  if (request.try_kvm) probes.try_kvm(machines);
  if (archives.asked) {
    for (std::size_t i = 0; i < repositories.size(); ++i)
      probes.ask(repositories[i], archives.repositories[i]);
  }
  probes.finish();
  archives.now = os::system_clock().unix_time();

  std::vector<Finding> findings = std::move(wanted.findings);
  append(findings, namespace_findings(namespaces));
  append(findings, room_findings(room));
  append(findings, archive_findings(archives));
  append(findings, machine_findings(machines));
  return findings;
}

}  // namespace ingot::run
