// SPDX-License-Identifier: Apache-2.0
// A repository's signed Release file: who signed it, when it is from, what it lists.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "os/process.hpp"
#include "package/resolved.hpp"

namespace ingot::package {

struct ListedFile {
  Sha256 digest;
  Bytes size;
};

struct Release {
  std::int64_t date = 0;
  std::optional<std::int64_t> valid_until;
  std::vector<std::string> names;           ///< Suite and Codename
  std::map<std::string, ListedFile> files;  ///< by path below dists/<suite>/
};

/// Reads the text of a Release file; Fault::input when it is none.
Release parse_release(std::string_view text, const std::string& name);

/// "Sat, 12 Sep 2026 07:55:41 UTC" as seconds since 1970; Fault::input for anything else.
std::int64_t parse_date(std::string_view text);

/// What gpgv's status lines say.
struct SignatureStatus {
  /// Of each good signature, the key that made it and its primary key; upper case.
  std::vector<std::string> good;
  bool bad = false;                  ///< some signature does not fit the text
  std::vector<std::string> unknown;  ///< keys that the keyring lacks
};
SignatureStatus parse_status(std::string_view lines);

/// The bytes of a keyring file as gpgv takes them: ASCII armour is removed.
std::string binary_keyring(const std::filesystem::path& path);

struct VerifiedRelease {
  Release release;
  std::vector<std::string> signed_by;  ///< the allowed fingerprints whose signature holds; sorted
};

/// Checks the clear-signed file `inrelease` of `repository` with gpgv and reads the signed text, no
/// other. `scratch` is a folder for temporary files. Fault::verification when no allowed key
/// signed it, when a signature is bad, or when it is the Release of another suite.
VerifiedRelease verify_release(const os::Runner& runner, const Repository& repository,
                               const std::filesystem::path& inrelease,
                               const std::filesystem::path& scratch);

}  // namespace ingot::package
