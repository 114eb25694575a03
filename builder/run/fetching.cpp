// SPDX-License-Identifier: Apache-2.0
#include "run/fetching.hpp"

#include <map>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/clock.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

using Archives = std::map<std::string, std::string>;  // repository to archive

/// Names under which a folder of packages may hold the file; apt's cache writes the epoch in it.
std::vector<fs::path> names_of(const spec::LockedPackage& package) {
  const fs::path pool = package.path;
  std::string version = package.version;
  if (const auto colon = version.find(':'); colon != std::string::npos)
    version.replace(colon, 1, "%3a");
  return {pool, pool.filename(),
          format("{}_{}_{}.deb", package.name, version, package.architecture)};
}

std::vector<std::string> urls_of(const spec::LockedPackage& package, const FetchRequest& request,
                                 const Archives& archives, Mirrors& mirrors) {
  std::vector<std::string> urls;
  for (const fs::path& source : request.sources)
    for (const fs::path& name : names_of(package)) {
      std::error_code failed;
      if (fs::is_regular_file(source / name, failed)) urls.push_back((source / name).string());
    }
  // Without a network it is no fault to have no mirror.
  if (request.fetch.offline && !urls.empty()) return urls;
  for (const std::string& mirror : mirrors.urls(archives.at(package.repository)))
    urls.push_back(fetch::on_mirror(mirror, package.path));
  return urls;
}

}  // namespace

Fetched fetch_locked(const FetchRequest& request, Mirrors& mirrors, const store::Store& store,
                     Report& report) {
  Archives archives;
  for (const spec::LockedRepository& repository : request.lock.repositories)
    archives[repository.name] = repository.archive;
  Fetched fetched;
  std::set<Sha256> seen;
  std::vector<fetch::Wanted> wanted;
  for (const auto* root : {&request.lock.image_root, &request.lock.build_root}) {
    for (const spec::LockedPackage& package : *root) {
      if (!seen.insert(package.sha256).second) continue;
      ++fetched.files;
      if (store.find_blob(package.sha256, package.size)) continue;
      wanted.push_back(
          {.name = format("{} {}", package.name, package.version),
           .urls = urls_of(package, request, archives, mirrors),
           .digest = package.sha256,
           .size = package.size,
           .hint = format(
               "if no mirror holds it any more, name a folder that has {} with --source, "
               "or take a newer version with: ingot lock --update {} {}",
               fs::path(package.path).filename().string(), package.name, request.lock.image)});
    }
  }
  if (wanted.empty()) return fetched;

  const auto start = os::system_clock().steady();
  const auto took = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() -
                                                                 start);
  };
  const std::string& step = request.fetch.step;
  report.step_started(step);
  const fetch::Sink keep = [&](const fetch::Wanted& one, const fs::path& file) {
    store.add_blob(file, one.digest);
    ++fetched.brought;
    fetched.bytes = fetched.bytes + one.size;
  };
  try {
    fetch::fetch_all(wanted, store.downloads(), keep, report, request.fetch);
  } catch (...) {
    report.step_finished(step, StepOutcome::failed, took(),
                         format("{} of {} files", fetched.brought, wanted.size()));
    throw;
  }
  report.step_finished(step, StepOutcome::done, took(),
                       format("{} files, {}", fetched.brought, human(fetched.bytes)));
  return fetched;
}

}  // namespace ingot::run
