// SPDX-License-Identifier: Apache-2.0
// The solver: the target distribution's own apt, in isolation from the host's apt and its state.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fetch/fetch.hpp"
#include "os/environment.hpp"
#include "os/process.hpp"
#include "package/apt_files.hpp"
#include "package/catalogue.hpp"
#include "package/resolved.hpp"
#include "report/report.hpp"
#include "store/store.hpp"

namespace ingot::package {

/// What an apt state is made of.
struct AptSetup {
  std::vector<Repository> repositories;
  std::string architecture;      ///< "amd64"
  std::filesystem::path folder;  ///< empty folder for the state; the caller removes it
  fetch::Options fetch;
};

struct ResolveRequest {
  std::vector<Asked> asked;
  bool essential = false;  ///< also everything marked Essential
  /// Package to the version it should keep; a version that no repository has any more is ignored.
  std::map<std::string, std::string> pins;
  /// Exact versions that are asked for elsewhere, and that this answer must fit.
  std::vector<Asked> beside;
};

struct Resolution {
  std::vector<ResolvedPackage> packages;  ///< sorted by name
  std::vector<std::string> unpinned;      ///< pins that had to yield to satisfy the request; sorted
};

/// Brings in signed indexes with the host's apt-get, checks them, and resolves with the target's
/// apt run in a sandbox. The host's /etc/apt and /var/lib/apt are neither read nor written.
class Apt {
public:
  /// References must outlive the object.
  Apt(const os::Runner& runner, const os::Environment& environment, const store::Store& store,
      Report& report, AptSetup setup);

  /// Updates the indexes and checks that one of the allowed keys signed each repository.
  /// Fault::network names repository, URL and how to choose another mirror; Fault::verification
  /// when a signature, a key or an index's digest does not hold.
  std::vector<RepositoryState> update();

  /// Brings the target's apt into the store and uses it from then on. Without it resolve() runs
  /// the host's apt-get.
  void use_target_apt();

  /// Starts from a root without any package. Of the source of a package in an exact version,
  /// other packages come in that version too where it exists. Fault::input explains what cannot be:
  /// every asked package that no repository has (with its place and the nearest name), or apt's own
  /// words.
  Resolution resolve(const ResolveRequest& request) const;

private:
  /// The release a mirror serves, once it is known to be properly signed.
  void choose_mirror(std::size_t repository);
  /// Adds what apt is told as a mirror's address.
  void list_mirror(std::size_t repository);
  void write_state() const;
  os::Outcome apt_get(std::vector<std::string> arguments, std::string why,
                      std::vector<std::string>& lines) const;
  os::Command command(const std::string& prefix) const;
  std::vector<IndexFile> index_files() const;
  RepositoryState check_repository(std::size_t repository) const;
  void check_asked(const ResolveRequest& request) const;
  std::map<std::string, std::string> exact_sources(const ResolveRequest& request) const;
  std::optional<Resolution> try_resolve(const ResolveRequest& request, const Pins& pins,
                                        std::vector<std::string>& words) const;
  /// What apt cannot write is no set of packages that does not fit.
  void refuse_full_disk(const std::vector<std::string>& words) const;
  std::filesystem::path list_of_release(std::size_t repository) const;

  const os::Runner& runner_;
  const os::Environment& environment_;
  const store::Store& store_;
  Report& report_;
  AptSetup setup_;
  std::vector<std::string> chosen_urls_;  ///< parallel to setup_.repositories
  std::vector<std::string> listed_urls_;  ///< the same for apt: a link where a path is not plain
  Catalogue catalogue_;
  std::optional<std::filesystem::path> target_root_;
};

}  // namespace ingot::package
