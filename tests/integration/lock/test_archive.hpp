// SPDX-License-Identifier: Apache-2.0
// A signed package archive made from stand-in packages, as ingot's solver would find it on a
// mirror.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "os/process.hpp"

namespace ingot::test {

/// Runs a tool that the tests rely on; throws with its last lines when it fails. Returns its
/// output.
std::string run_tool(const std::string& program, std::vector<std::string> args,
                     const std::map<std::string, std::string>& env = {});

/// An OpenPGP key in a home folder of its own, with its agent ended by the destructor.
class SigningKey {
public:
  explicit SigningKey(std::filesystem::path home);
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey();

  const std::string& fingerprint() const noexcept { return fingerprint_; }
  void write_keyring(const std::filesystem::path& path) const;
  void clear_sign(const std::filesystem::path& in, const std::filesystem::path& out) const;

private:
  std::map<std::string, std::string> env() const { return {{"GNUPGHOME", home_.string()}}; }
  std::filesystem::path home_;
  std::string fingerprint_;
};

struct StandIn {
  std::string name;
  std::string version = "1.0-1";
  std::vector<std::string> fields = {};                     ///< further control lines
  std::map<std::string, std::filesystem::path> files = {};  ///< target path to source
};

class TestArchive {
public:
  explicit TestArchive(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The mirror's address as a folder; its last part is the archive's name.
  const std::filesystem::path& folder() const noexcept { return folder_; }
  void add(const StandIn& package) const;
  void remove(const std::string& name, const std::string& version) const;
  /// Writes the indexes of suite "stand-in" and signs them. `extra` are apt-ftparchive options.
  void publish(const SigningKey& key, const std::string& date,
               std::vector<std::string> extra = {}) const;

private:
  std::filesystem::path folder_;
};

/// The host's apt, its libraries and dpkg's tables as one package: what the solver of the target
/// needs to run.
StandIn stand_in_apt();

}  // namespace ingot::test
