// SPDX-License-Identifier: Apache-2.0
#include "run/locking.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "package/apt.hpp"
#include "package/apt_files.hpp"
#include "package/attribution.hpp"

namespace ingot::run {
namespace {

using Locked = std::vector<spec::LockedPackage>;
using LayerList = std::vector<spec::ResolvedPackage> spec::ResolvedLayer::*;

template <class Work>
void timed(Report& report, const std::string& step, Work work) {
  const auto start = os::system_clock().steady();
  const auto took = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() -
                                                                 start);
  };
  report.step_started(step);
  try {
    report.step_finished(step, StepOutcome::done, took(), work());
  } catch (...) {
    report.step_finished(step, StepOutcome::failed, took(), "");
    throw;
  }
}

std::vector<package::Repository> repositories_of(const spec::ResolvedImage& image,
                                                 Mirrors& mirrors) {
  std::vector<package::Repository> repositories;
  std::set<std::string> names;
  for (const spec::ResolvedLayer& layer : image.layers) {
    for (const spec::ResolvedRepository& repository : layer.repositories) {
      if (!names.insert(repository.name).second) continue;
      repositories.push_back({.name = repository.name,
                              .archive = repository.archive,
                              .urls = mirrors.urls(repository.archive),
                              .suite = repository.suite,
                              .components = repository.components,
                              .keyring = repository.keyring,
                              .signed_by = repository.signed_by});
    }
  }
  if (repositories.empty())
    throw Error(
        Fault::input,
        format("{}: no layer of the image names a repository to take packages from", image.file));
  return repositories;
}

/// Each package once; a layer that wants an exact version decides for all.
std::vector<package::Asked> asked_of(const spec::ResolvedImage& image, LayerList list) {
  std::map<std::string, package::Asked> asked;
  std::string faults;
  for (const spec::ResolvedLayer& layer : image.layers) {
    for (const spec::ResolvedPackage& package : layer.*list) {
      const auto [known, is_new] = asked.try_emplace(
          package.name, package::Asked{package.name, package.version, text_of(package.place)});
      if (is_new || !package.version || known->second.version == package.version) continue;
      if (known->second.version)
        faults +=
            format("{}: package {} is asked for as {}, but as {} at {}\n", text_of(package.place),
                   package.name, *package.version, *known->second.version, known->second.place);
      known->second = {package.name, package.version, text_of(package.place)};
    }
  }
  if (!faults.empty()) throw Error(Fault::input, std::string(trimmed(faults)));
  std::vector<package::Asked> all;
  for (auto& [name, one] : asked) all.push_back(std::move(one));
  return all;
}

std::map<std::string, std::string> pins_of(const LockRequest& request, const Locked& locked) {
  std::map<std::string, std::string> pins;
  if (request.update == Update::everything) return pins;
  for (const spec::LockedPackage& package : locked)
    if (std::find(request.names.begin(), request.names.end(), package.name) == request.names.end())
      pins[package.name] = package.version;
  return pins;
}

std::vector<std::string> pre_depends_of(const package::ResolvedPackage& package,
                                        const std::vector<package::ResolvedPackage>& all) {
  std::set<std::string> names;
  for (const package::Alternatives& group : package.pre_depends) {
    // The first alternative that is there, as dpkg would find it.
    const package::ResolvedPackage* found = nullptr;
    for (const package::Relation& relation : group) {
      for (const package::ResolvedPackage& candidate : all)
        if (found == nullptr &&
            package::meets(relation, candidate.name, candidate.version, candidate.provides))
          found = &candidate;
    }
    if (found != nullptr) names.insert(found->name);
  }
  return {names.begin(), names.end()};
}

Locked locked_of(const spec::ResolvedImage& image, LayerList list,
                 const std::vector<package::ResolvedPackage>& packages) {
  std::vector<package::LayerPackages> layers;
  std::set<std::pair<std::string, std::string>> asked;
  for (const spec::ResolvedLayer& layer : image.layers) {
    package::LayerPackages& own = layers.emplace_back();
    own.layer = layer.name;
    for (const spec::ResolvedPackage& package : layer.*list) {
      own.asked.push_back(package.name);
      asked.emplace(layer.name, package.name);
    }
  }
  const std::map<std::string, std::string> layer_of = package::attribute(layers, packages);
  Locked locked;
  for (const package::ResolvedPackage& package : packages) {
    const std::string& layer = layer_of.at(package.name);
    locked.push_back({.name = package.name,
                      .version = package.version,
                      .architecture = package.architecture,
                      .sha256 = package.digest,
                      .size = package.size,
                      .repository = package.repository,
                      .path = package.filename,
                      .layer = layer,
                      .asked = asked.contains({layer, package.name}),
                      .essential = package.essential,
                      .pre_depends = pre_depends_of(package, packages)});
  }
  return locked;
}

/// Where apt's state lies while a lock is made: in the store, or where a store's path has
/// characters that apt's files have no way to write, in /tmp.
class StateFolder {
public:
  explicit StateFolder(const store::Store& store) : scratch_(store.make_scratch()) {
    if (!package::is_plain_in_apt(scratch_.path().string())) aside_.emplace("ingot-apt", "/tmp");
  }
  const std::filesystem::path& path() const { return aside_ ? aside_->path() : scratch_.path(); }

private:
  store::Scratch scratch_;
  std::optional<os::TempDir> aside_;
};

void check_names(const LockRequest& request) {
  if (request.update != Update::named) return;
  std::vector<std::string> known;
  if (request.previous)
    for (const auto* root : {&request.previous->image_root, &request.previous->build_root})
      for (const spec::LockedPackage& package : *root) known.push_back(package.name);
  if (known.empty())
    throw Error(Fault::input, format("{} has no lock yet: make one with 'ingot lock {}' first",
                                     request.image.file, request.image.name));
  for (const std::string& name : request.names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string text = format("package {} is not in the lock of {}", name, request.image.name);
    if (const auto meant = nearest(name, known)) text += format("; did you mean {}?", *meant);
    throw Error(Fault::input, text);
  }
}

/// Packages of the previous lock that changed although they were to stay.
void add_forced(const Locked& before, const Locked& after,
                const std::map<std::string, std::string>& pins, std::set<std::string>& forced) {
  std::map<std::string, std::string> now;
  for (const spec::LockedPackage& package : after) now[package.name] = package.version;
  for (const spec::LockedPackage& package : before) {
    const auto found = now.find(package.name);
    if (pins.contains(package.name) && found != now.end() && found->second != package.version)
      forced.insert(package.name);
  }
}

void set_repositories(const std::vector<package::Repository>& repositories,
                      const std::vector<package::RepositoryState>& states, spec::Lock& lock) {
  for (std::size_t i = 0; i < repositories.size(); ++i) {
    const package::RepositoryState& state = states[i];
    spec::LockedRepository& locked = lock.repositories.emplace_back();
    locked = {.name = state.name,
              .archive = repositories[i].archive,
              .suite = repositories[i].suite,
              .date = os::rfc3339(state.date),
              .release = state.release,
              .signed_by = state.signed_by,
              .indexes = {}};
    for (const package::UsedIndex& index : state.indexes)
      locked.indexes.push_back({index.path, index.digest, index.size});
    lock.epoch = std::max(lock.epoch, state.date);
  }
}

}  // namespace

Sha256 definitions_digest(const spec::ResolvedImage& image) {
  return crypto::digest_of(std::string_view(spec::lock_inputs(image)));
}

void require_fresh(const spec::Lock& lock, const spec::ResolvedImage& image) {
  if (lock.image == image.name && lock.definitions == definitions_digest(image)) return;
  throw Error(
      Fault::difference,
      format("{} was made from other definitions than those of {}; refresh it with: ingot lock {}",
             image.lock_file().lexically_relative(image.project).string(), image.file, image.name));
}

MadeLock make_lock(const LockRequest& request, Mirrors& mirrors, const store::Store& store,
                   const os::Runner& runner, const os::Environment& environment, Report& report) {
  check_names(request);
  const StateFolder state(store);
  const auto repositories = repositories_of(request.image, mirrors);
  package::Apt apt(runner, environment, store, report,
                   {.repositories = repositories,
                    .architecture = request.image.architecture,
                    .folder = state.path() / "apt",
                    .fetch = request.fetch});
  MadeLock made;
  made.lock.image = request.image.name;
  made.lock.definitions = definitions_digest(request.image);
  timed(report, "indexes", [&] {
    set_repositories(repositories, apt.update(), made.lock);
    return format("{} repositories", repositories.size());
  });
  timed(report, "solver", [&] {
    apt.use_target_apt();
    return std::string("the target's own apt");
  });
  std::set<std::string> forced;
  const auto solve = [&](const std::string& step, LayerList list, Locked spec::Lock::*root) {
    timed(report, step, [&] {
      static const Locked none;
      const Locked& before = request.previous ? *request.previous.*root : none;
      const auto pins = pins_of(request, before);
      const package::Resolution answer =
          apt.resolve({.asked = asked_of(request.image, list), .essential = true, .pins = pins});
      made.lock.*root = locked_of(request.image, list, answer.packages);
      add_forced(before, made.lock.*root, pins, forced);
      return format("{} packages", answer.packages.size());
    });
  };
  solve("resolve image root", &spec::ResolvedLayer::packages, &spec::Lock::image_root);
  solve("resolve build root", &spec::ResolvedLayer::build_root, &spec::Lock::build_root);
  made.forced.assign(forced.begin(), forced.end());
  if (request.previous && request.previous->definitions == made.lock.definitions &&
      request.previous->image_root == made.lock.image_root &&
      request.previous->build_root == made.lock.build_root)
    made.lock = *request.previous;
  return made;
}

}  // namespace ingot::run
