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

  /// Starts from a root without any package. Fault::input explains what cannot be: every asked
  /// package that no repository has (with its place and the nearest name), or apt's own words.
  Resolution resolve(const ResolveRequest& request) const;

private:
  struct Index;
  struct Answer;

  void choose_mirrors();
  void write_state();
  os::Outcome apt_get(const std::vector<std::string>& arguments, const std::string& why) const;
  void check_asked(const ResolveRequest& request) const;

  const os::Runner& runner_;
  const os::Environment& environment_;
  const store::Store& store_;
  Report& report_;
  AptSetup setup_;
  std::vector<std::string> chosen_urls_;  ///< parallel to setup_.repositories
  std::optional<std::filesystem::path> target_root_;
};

}  // namespace ingot::package
