// SPDX-License-Identifier: Apache-2.0
// Whether packages can be resolved, fetched and trusted: apt, gpgv, keyrings, mirrors, the clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"
#include "package/keyring.hpp"
#include "package/resolved.hpp"
#include "run/finding.hpp"

namespace ingot::run {

/// A program of the host and what it says of its version.
struct ToolFacts {
  std::string name;
  std::string package;
  std::optional<std::filesystem::path> path;
  std::string version;
};

struct KeyringFacts {
  std::filesystem::path file;
  std::vector<std::string> allowed;  ///< fingerprints that definitions trust
  std::vector<package::KeyringKey> keys;
  std::string fault = {};  ///< why it cannot be read
};

struct MirrorAnswer {
  std::string url;    ///< without user name and password
  std::string fault;  ///< empty: reached, and the signature holds
  std::size_t size = 0;
  std::chrono::milliseconds took{0};
  std::int64_t date = 0;  ///< of the signed Release file
  std::optional<std::int64_t> valid_until = {};
};

struct RepositoryFacts {
  std::string name;
  std::string archive;
  std::string suite;
  std::string fault;  ///< why no mirror is known
  std::vector<MirrorAnswer> answers;
};

struct ArchiveFacts {
  std::vector<ToolFacts> tools;
  std::vector<KeyringFacts> keyrings;
  std::vector<RepositoryFacts> repositories;
  bool asked = true;             ///< false: --offline
  bool packages_stored = false;  ///< a build needs no mirror
  std::int64_t now = 0;          ///< by the clock
  std::int64_t locked = 0;       ///< date of the newest lock, 0 without one
};

/// What the host has; asks no network.
std::vector<ToolFacts> look_at_tools(const os::Runner& runner);
std::vector<KeyringFacts> look_at_keyrings(const std::vector<package::Repository>& repositories);

/// Fetches the InRelease file of `repository` from one of its mirrors and checks it with gpgv;
/// `scratch` is an empty folder. Safe to call from several threads.
MirrorAnswer ask_mirror(const os::Runner& runner, const package::Repository& repository,
                        const std::string& url, const std::filesystem::path& scratch,
                        std::chrono::milliseconds limit);

/// Rows apt, gpgv, keyring.<file>, mirror.<suite>, clock.
std::vector<Finding> archive_findings(const ArchiveFacts& facts);

}  // namespace ingot::run
