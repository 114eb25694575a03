// SPDX-License-Identifier: Apache-2.0
#include "step/install.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "archive/deb.hpp"
#include "base/error.hpp"
#include "base/words.hpp"
#include "os/copy.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"
#include "package/install_order.hpp"
#include "step/build_root.hpp"
#include "step/decompressed_package.hpp"

namespace ingot::step {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view packages_inside = "/run/ingot/packages";

package::Installable installable(const Workplace& workplace, const spec::LockedPackage& locked) {
  const archive::DebControl control = archive::read_deb_control(blob_of(workplace.store, locked));
  if (control.field("Package") != locked.name || control.field("Version") != locked.version) {
    throw Error(Fault::verification, "the package locked as " + locked.name + " " + locked.version +
                                         " says it is " + std::string(control.field("Package")) +
                                         " " + std::string(control.field("Version")));
  }
  return {.name = locked.name,
          .version = locked.version,
          .essential = control.field("Essential") == "yes",
          .pre_depends = package::parse_relations(control.field("Pre-Depends")),
          .depends = package::parse_relations(control.field("Depends")),
          .provides = package::parse_relations(control.field("Provides"))};
}

std::vector<package::Installable> installables(const Workplace& workplace,
                                               const std::vector<spec::LockedPackage>& packages) {
  std::vector<package::Installable> facts;
  for (const spec::LockedPackage& package : packages) {
    facts.push_back(
        during("reading package " + package.name, [&] { return installable(workplace, package); }));
  }
  return facts;
}

/// A folder with the packages under names that dpkg's messages make sense with.
fs::path link_packages(const Workplace& workplace, const fs::path& scratch,
                       const std::vector<spec::LockedPackage>& packages) {
  const fs::path folder = scratch / "packages";
  fs::create_directories(folder);
  const std::vector<fs::path> files = decompressed_packages(workplace, packages);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const fs::path name = folder / (packages[i].name + ".deb");
    std::error_code error;
    fs::create_hard_link(files[i], name, error);
    if (error) os::copy_file(files[i], name);
  }
  return folder;
}

class Installation {
public:
  Installation(const Workplace& workplace, const Tree& tree, const InstallRequest& request)
      : workplace_(workplace), tree_(tree), request_(request) {
    const fs::path& scratch = tree.stage.scratch();
    binds_.push_back(
        {link_packages(workplace, scratch, request.packages), std::string(packages_inside)});
    // Debian policy 9.3.3.2: invoke-rc.d and its like ask this program first; 101 forbids.
    os::write_file(scratch / "policy-rc.d", "#!/bin/sh\nexit 101\n", 0755);
    binds_.push_back({scratch / "policy-rc.d", "/usr/sbin/policy-rc.d"});
  }

  void run() {
    auto waves = package::plan_waves(installables(workplace_, request_.packages),
                                     installables(workplace_, request_.installed));
    std::size_t done = 0;
    for (const package::Wave& wave : waves) {
      os::check_stop();
      const bool bootstrap = tree_.lowers.empty() && &wave == &waves.front();
      if (bootstrap) unpack_without_dpkg(wave.unpack);
      std::vector<std::string> configure;
      for (const std::string& name : wave.configure_before)
        if (!installed_at_once_.contains(name)) configure.push_back(name);
      if (!configure.empty()) dpkg({"--configure"}, configure, false);
      std::vector<std::string> files;
      for (const std::string& name : wave.unpack)
        files.push_back(std::string(packages_inside) + "/" + name + ".deb");
      dpkg({bootstrap ? "--install" : "--unpack"}, files, wave.force);
      if (bootstrap) installed_at_once_.insert(wave.unpack.begin(), wave.unpack.end());
      done += wave.unpack.size();
      workplace_.report.step_progress(request_.step, done, request_.packages.size());
    }
    dpkg({"--configure", "--pending"}, {}, false);
    refuse_climbing_names();
  }

private:
  /// dpkg takes names with '..' as they come. In the sandbox they cannot leave the root, but a
  /// package that has them is no honest one.
  void refuse_climbing_names() const {
    std::vector<std::string> args = {"--listfiles"};
    for (const spec::LockedPackage& package : request_.packages) args.push_back(package.name);
    std::size_t index = 1;  // a blank line ends the list of a package
    std::string fault;
    os::Command command{.program = "/usr/bin/dpkg-query",
                        .args = args,
                        .env = image_environment(workplace_),
                        .why = "list installed files"};
    command.on_line = [&](std::string_view line) {
      if (line.empty()) ++index;
      const bool climbs = line.find("/../") != std::string_view::npos || line.ends_with("/..");
      if (climbs && fault.empty() && index < args.size())
        fault = "package " + args[index] + ": the member '" + std::string(line) +
                "' is refused: its name leads upwards";
    };
    const os::Outcome outcome =
        run_counted(workplace_, request_.step, tree_.root(), command);
    if (!fault.empty()) throw Error(Fault::verification, fault);
    if (!outcome.ok())
      throw Error(Fault::step_failed, "step " + request_.step +
                                          ": dpkg-query cannot list what was installed:\n  " +
                                          joined(outcome.tail, "\n  "));
  }

  void unpack_without_dpkg(const std::vector<std::string>& names) {
    merge_usr(tree_.stage.folder());
    for (const std::string& name : names) {
      during("unpacking " + name + " into the image", [&] {
        archive::extract_deb(tree_.stage.scratch() / "packages" / (name + ".deb"),
                             tree_.stage.folder());
      });
    }
  }

  void dpkg(std::vector<std::string> action, const std::vector<std::string>& operands,
            bool force_depends) {
    std::vector<std::string> args = {"--force-unsafe-io", "--force-confdef", "--force-confold"};
    if (force_depends) args.push_back("--force-depends");
    args.insert(args.end(), action.begin(), action.end());
    args.insert(args.end(), operands.begin(), operands.end());
    run_job(workplace_, {.step = request_.step,
                         .root = tree_.root(binds_),
                         .command = {.program = "/usr/bin/dpkg",
                                     .args = std::move(args),
                                     .env = image_environment(workplace_),
                                     .why = "install packages"}});
  }

  const Workplace& workplace_;
  const Tree& tree_;
  const InstallRequest& request_;
  std::vector<os::Bind> binds_;
  /// Essential packages are configured in one go with their unpacking; dpkg refuses a second time.
  std::set<std::string> installed_at_once_;
};

}  // namespace

void install_packages(const Workplace& workplace, const Tree& tree, const InstallRequest& request) {
  Installation(workplace, tree, request).run();
}

}  // namespace ingot::step
