// SPDX-License-Identifier: Apache-2.0
#include "run/release.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "os/file.hpp"
#include "run/file_check.hpp"
#include "run/release_statement.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_bundle = 4ULL << 20;
constexpr std::uint64_t largest_key = 64ULL << 10;

bool written_here(std::string_view name) {
  return name == release_bundle_name || name == release_sums_name || name == release_key_name;
}

void check_names(const std::vector<ReleaseFile>& files) {
  std::set<std::string_view> names;
  for (const ReleaseFile& file : files) {
    const std::string fault = fault_of_name(file.name);
    if (!fault.empty()) throw Error(Fault::input, fault);
    if (written_here(file.name)) {
      throw Error(Fault::input, format("{} is written when the release is signed", file.name));
    }
    if (!names.insert(file.name).second) {
      throw Error(Fault::input, format("{} is in the release twice", file.name));
    }
  }
}

/// Writes `content` and lists it.
void add_text(const fs::path& folder, std::vector<ReleaseFile>& files, std::string_view name,
              std::string role, std::string media_type, const std::string& content) {
  os::write_file(folder / name, content);
  files.push_back(
      {std::string(name), std::move(role), std::move(media_type),
       crypto::FileDigest{crypto::digest_of(std::string_view(content)), content.size()}});
}

/// A small file of the folder, which is a regular file itself.
std::string small_file(const fs::path& folder, std::string_view name, std::uint64_t limit) {
  try {
    const os::Fd fd = open_plain_file(folder / name);
    std::string content;
    std::vector<std::uint8_t> buffer(64 * 1024);
    while (const std::size_t count = os::read_some(fd.get(), buffer, folder / name)) {
      content.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
      if (content.size() > limit) {
        throw Error(Fault::verification, format("is larger than {} bytes", limit));
      }
    }
    return content;
  } catch (const Error& error) {
    throw Error(Fault::verification, format("{} {}", name, error.message()));
  }
}

crypto::PublicKey trusted_key(const fs::path& folder, const std::optional<crypto::PublicKey>& key,
                              const VerifyOptions& options) {
  if (key) return *key;
  if (!options.allow_development) {
    throw Error(Fault::verification,
                "no key to trust: give the public key of the release with --key, or accept a "
                "development release with --allow-dev");
  }
  return crypto::PublicKey::from_pem(small_file(folder, release_key_name, largest_key),
                                     release_key_name);
}

void check_origin(const ReleaseStatement& statement, bool key_given, const VerifyOptions& options) {
  if (statement.development && !options.allow_development) {
    throw Error(Fault::verification,
                "a development key signed it; accept that with --allow-dev, or build it with a "
                "release key");
  }
  if (!statement.development && !key_given) {
    throw Error(Fault::verification,
                "it is no development release: the key that comes with it proves nothing; give "
                "the public key you trust with --key");
  }
}

std::vector<std::string> unlisted_files(const fs::path& folder,
                                        const std::vector<ReleaseFile>& files) {
  std::set<std::string> known{std::string(release_bundle_name)};
  for (const ReleaseFile& file : files) known.insert(file.name);
  std::vector<std::string> lines;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    if (!known.contains(name)) lines.push_back(format("{} is not listed", name));
  }
  if (failed) {
    throw Error(Fault::io, format("cannot list {}: {}", folder.string(), failed.message()));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

VerifiedRelease verified(const fs::path& folder, const std::optional<crypto::PublicKey>& key,
                         const VerifyOptions& options) {
  const std::string bundle = small_file(folder, release_bundle_name, largest_bundle);
  const crypto::PublicKey trusted = trusted_key(folder, key, options);
  ReleaseStatement statement = parse_release_statement(crypto::verified_statement(bundle, trusted));
  check_origin(statement, key.has_value(), options);

  std::vector<std::string> faults = wrong_files(folder, statement.files);
  const bool has_sums =
      std::any_of(statement.files.begin(), statement.files.end(),
                  [](const ReleaseFile& file) { return file.name == release_sums_name; });
  if (!has_sums) {
    faults.push_back(format("{} is not listed in the statement", release_sums_name));
  } else if (std::none_of(faults.begin(), faults.end(), [](const std::string& fault) {
               return fault.starts_with(std::string(release_sums_name) + " ");
             })) {
    if (small_file(folder, release_sums_name, largest_bundle) != sums_of(statement.files)) {
      faults.push_back(format("{} says other digests than the statement", release_sums_name));
    }
  }
  std::vector<std::string> unlisted = unlisted_files(folder, statement.files);
  if (options.strict) faults.insert(faults.end(), unlisted.begin(), unlisted.end());
  if (!faults.empty()) throw Error(Fault::verification, joined(faults, "\n  "));

  VerifiedRelease release;
  release.facts = std::move(statement.facts);
  release.development = statement.development;
  release.key_id = trusted.key_id();
  release.files = std::move(statement.files);
  release.warnings = std::move(unlisted);
  return release;
}

}  // namespace

void write_release(const fs::path& folder, const ReleaseFacts& facts,
                   std::vector<ReleaseFile> files, const crypto::PrivateKey& key,
                   KeyOrigin origin) {
  during("signing the release in " + folder.string(), [&] {
    check_names(files);
    measure_files(folder, files);
    add_text(folder, files, release_key_name, "public-key", "application/x-pem-file",
             key.public_key().pem());
    add_text(folder, files, release_sums_name, "checksums", "text/plain", sums_of(files));
    std::sort(files.begin(), files.end(),
              [](const ReleaseFile& a, const ReleaseFile& b) { return a.name < b.name; });
    const std::string statement =
        text_of({facts, origin == KeyOrigin::development, std::move(files)});
    // What verify_release() would refuse must not be signed.
    (void)parse_release_statement(statement);
    os::write_file(folder / release_bundle_name, crypto::signed_bundle(statement, key));
  });
}

VerifiedRelease verify_release(const fs::path& folder, const std::optional<crypto::PublicKey>& key,
                               const VerifyOptions& options) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) {
    throw Error(Fault::input, format("{} is no folder; a release is one", folder.string()));
  }
  try {
    return verified(folder, key, options);
  } catch (const Error& error) {
    if (error.fault() != Fault::verification) throw;
    throw Error(Fault::verification,
                format("the release {} is refused:\n  {}", folder.string(), error.message()));
  }
}

}  // namespace ingot::run
