// SPDX-License-Identifier: Apache-2.0
#include "lock/test_archive.hpp"

#include <stdexcept>

#include "base/format.hpp"
#include "base/words.hpp"
#include "os/file.hpp"

namespace ingot::test {
namespace {

namespace fs = std::filesystem;

const std::string suite_path = "dists/stand-in";

}  // namespace

std::string run_tool(const std::string& program, std::vector<std::string> args,
                     const std::map<std::string, std::string>& env) {
  os::Command command;
  command.program = program;
  command.args = std::move(args);
  for (const auto& [name, value] : env) command.env[name] = value;
  command.why = "prepare the test";
  std::string output;
  command.on_line = [&](std::string_view line) { output += std::string(line) + "\n"; };
  const os::Outcome outcome = os::SystemRunner().run(command);
  if (!outcome.ok()) throw std::runtime_error(program + " failed:\n" + output);
  return output;
}

SigningKey::SigningKey(fs::path home) : home_(std::move(home)) {
  fs::create_directories(home_);
  fs::permissions(home_, fs::perms::owner_all);
  run_tool("gpg",
           {"--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
            "--quick-generate-key", "Stand-in <key@example.test>", "ed25519", "sign", "never"},
           env());
  for (const std::string& line :
       split(run_tool("gpg", {"--batch", "--with-colons", "--list-keys"}, env()), '\n'))
    if (line.starts_with("fpr:") && fingerprint_.empty()) fingerprint_ = split(line, ':').at(9);
}

SigningKey::~SigningKey() {
  try {
    run_tool("gpgconf", {"--kill", "all"}, env());
  } catch (const std::exception&) {
    // An agent that is gone already is what we want.
  }
}

void SigningKey::write_keyring(const fs::path& path) const {
  fs::create_directories(path.parent_path());
  run_tool("gpg", {"--batch", "--yes", "--output", path.string(), "--export", fingerprint_}, env());
}

void SigningKey::clear_sign(const fs::path& in, const fs::path& out) const {
  run_tool("gpg",
           {"--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", "", "--local-user",
            fingerprint_, "--output", out.string(), "--clear-sign", in.string()},
           env());
}

void TestArchive::add(const StandIn& package) const {
  const os::TempDir tree("stand-in");
  std::string control = format(
      "Package: {}\nVersion: {}\nArchitecture: amd64\nMaintainer: Nobody <nobody@example.test>\n",
      package.name, package.version);
  for (const std::string& field : package.fields) control += field + "\n";
  os::write_file(tree.path() / "DEBIAN" / "control", control + "Description: stand-in\n");
  for (const auto& [target, source] : package.files) {
    const fs::path to = tree.path() / target;
    fs::create_directories(to.parent_path());
    fs::copy_file(source, to);
  }
  const fs::path pool = folder_ / "pool" / "main";
  fs::create_directories(pool);
  fs::permissions(tree.path(), fs::perms(0755));
  run_tool("dpkg-deb",
           {"--root-owner-group", "-Zgzip", "-z1", "--build", tree.path().string(),
            (pool / format("{}_{}_amd64.deb", package.name, package.version)).string()});
}

void TestArchive::remove(const std::string& name, const std::string& version) const {
  fs::remove(folder_ / "pool" / "main" / format("{}_{}_amd64.deb", name, version));
}

void TestArchive::publish(const SigningKey& key, const std::string& date,
                          std::vector<std::string> extra) const {
  const fs::path suite = folder_ / suite_path;
  fs::create_directories(suite / "main" / "binary-amd64");
  const auto in_folder = [&](std::vector<std::string> args) {
    std::vector<std::string> all = {"--chdir=" + folder_.string(), "apt-ftparchive"};
    all.insert(all.end(), args.begin(), args.end());
    return run_tool("env", std::move(all));
  };
  os::write_file(suite / "main" / "binary-amd64" / "Packages",
                 in_folder({"-q=2", "packages", "pool"}));
  fs::remove(suite / "Release");
  fs::remove(suite / "InRelease");
  std::vector<std::string> release = {"-q=2",
                                      "-o",
                                      "APT::FTPArchive::Release::Suite=stand-in",
                                      "-o",
                                      "APT::FTPArchive::Release::Codename=stand-in",
                                      "-o",
                                      "APT::FTPArchive::Release::Components=main",
                                      "-o",
                                      "APT::FTPArchive::Release::Architectures=amd64"};
  release.insert(release.end(), extra.begin(), extra.end());
  release.insert(release.end(), {"release", suite_path});
  std::string text;
  for (const std::string& line : split(in_folder(release), '\n')) {
    if (line.empty()) continue;
    text += (line.starts_with("Date:") ? "Date: " + date : line) + "\n";
  }
  os::write_file(suite / "Release", text);
  key.clear_sign(suite / "Release", suite / "InRelease");
}

StandIn stand_in_apt() {
  StandIn package{.name = "apt"};
  const auto take = [&](const fs::path& file) {
    // Folders like /lib are links in the target: whatever lies there belongs below /usr.
    std::string target = file.string().substr(1);
    if (!target.starts_with("usr/")) target = "usr/" + target;
    package.files[target] = fs::canonical(file);
  };
  // apt asks the methods of its sources what they can do.
  for (const char* program :
       {"/usr/bin/apt-get", "/usr/lib/apt/methods/copy", "/usr/lib/apt/methods/http"}) {
    take(program);
    for (const std::string& line : split(run_tool("ldd", {program}), '\n')) {
      const auto slash = line.find('/');
      if (slash != std::string::npos) take(line.substr(slash, line.find(' ', slash) - slash));
    }
  }
  for (const char* table : {"cputable", "tupletable"}) take(fs::path("/usr/share/dpkg") / table);
  return package;
}

}  // namespace ingot::test
