// SPDX-License-Identifier: Apache-2.0
#include "run/archive_findings.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "fetch/fetch.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "package/release.hpp"

namespace ingot::run {
namespace {

constexpr Bytes inrelease_limit = 16_MiB;
/// A clock may run a little behind the archive's.
constexpr std::int64_t clock_slack = 300;

const std::vector<Purpose> solver{Purpose::lock};

std::string first_line(const std::string& text) {
  return std::string(trimmed(text.substr(0, text.find('\n'))));
}

ToolFacts tool(const os::Runner& runner, const char* name, const char* package) {
  const os::Environment standard(os::Command().env, "/", {});
  ToolFacts facts{name, package, os::find_program(standard, name), {}};
  if (!facts.path) return facts;
  os::Command command;
  command.program = facts.path->string();
  command.args = {"--version"};
  command.timeout = std::chrono::seconds(5);
  command.why = std::string("ask ") + name + " for its version";
  facts.version = first_line(runner.run(command).output);
  return facts;
}

Finding tool_finding(const ToolFacts& tool) {
  if (!tool.path)
    return missing(tool.name, {tool.name + " is not installed", os::install_command(tool.package)},
                   solver);
  return {
      tool.name, FindingState::ok, format("{}, {}", tool.version, tool.path->string()), solver, {}};
}

bool is_good(const package::KeyringKey& key, std::int64_t now) {
  return !key.expires || *key.expires > now;
}

/// The allowed keys that the keyring has, and those that have expired.
struct SortedKeys {
  std::vector<std::string> good;
  std::vector<std::string> expired;
  std::vector<std::string> absent;
};

SortedKeys sorted_keys(const KeyringFacts& keyring, std::int64_t now) {
  SortedKeys sorted;
  for (const std::string& allowed : keyring.allowed) {
    const auto key = std::find_if(keyring.keys.begin(), keyring.keys.end(),
                                  [&](const auto& one) { return one.fingerprint == allowed; });
    if (key == keyring.keys.end())
      sorted.absent.push_back(allowed);
    else if (is_good(*key, now))
      sorted.good.push_back(allowed);
    else
      sorted.expired.push_back(format("{} (on {})", allowed, os::rfc3339(*key->expires)));
  }
  return sorted;
}

Finding keyring_finding(const KeyringFacts& keyring, std::int64_t now) {
  const std::string id = "keyring." + keyring.file.stem().string();
  const std::string fix =
      keyring.file.string().starts_with("/usr/share/keyrings/debian-archive")
          ? "as root, run: apt-get update && apt-get install debian-archive-keyring"
          : "put a current keyring at " + keyring.file.string();
  if (!keyring.fault.empty()) return missing(id, {keyring.fault, fix}, solver);
  const SortedKeys sorted = sorted_keys(keyring, now);
  std::string found =
      format("{}: {} keys, {} of {} that definitions trust are good", keyring.file.string(),
             keyring.keys.size(), sorted.good.size(), keyring.allowed.size());
  if (!sorted.expired.empty()) found += "; expired: " + joined(sorted.expired, ", ");
  if (!sorted.absent.empty()) found += "; not in it: " + joined(sorted.absent, ", ");
  if (sorted.good.empty()) return missing(id, {found, fix}, solver);
  // One signature of several suffices.
  const bool whole = sorted.expired.empty() && sorted.absent.empty();
  return {id, whole ? FindingState::ok : FindingState::warning, found, solver,
          whole ? std::string() : fix};
}

bool is_stale(const MirrorAnswer& answer, std::int64_t now) {
  return answer.valid_until && *answer.valid_until < now;
}

std::string good_line(const RepositoryFacts& repository, const MirrorAnswer& answer) {
  return format("{} from {}: {} in {:.2f} s, of {}, its signature holds", repository.suite,
                answer.url, human({answer.size}), static_cast<double>(answer.took.count()) / 1000,
                os::rfc3339(answer.date));
}

Finding mirror_finding(const RepositoryFacts& repository, const ArchiveFacts& facts) {
  const std::string id = "mirror." + repository.suite;
  std::vector<Purpose> needed_for{Purpose::lock};
  if (!facts.packages_stored) needed_for.push_back(Purpose::build);
  const std::string another = format(
      "name another mirror with --mirror {0}=URL or in INGOT_MIRROR, "
      "as {0}=URL",
      repository.archive);
  if (!repository.fault.empty()) return missing(id, {repository.fault, another}, needed_for);
  if (!facts.asked)
    return {id, FindingState::warning, "not asked: --offline", needed_for,
            "run ingot doctor without --offline"};
  std::string good;
  std::string faults;
  for (const MirrorAnswer& answer : repository.answers) {
    if (answer.fault.empty() && !is_stale(answer, facts.now)) {
      if (good.empty()) good = good_line(repository, answer);
    } else {
      faults +=
          format("{}{}: {}", faults.empty() ? "" : "; ", answer.url,
                 answer.fault.empty() ? "its index ended on " + os::rfc3339(*answer.valid_until)
                                      : answer.fault);
    }
  }
  if (good.empty()) return missing(id, {faults, another}, needed_for);
  if (faults.empty()) return {id, FindingState::ok, good, needed_for, {}};
  return {id, FindingState::warning, good + "; but " + faults, needed_for, another};
}

Finding clock_finding(const ArchiveFacts& facts) {
  std::int64_t newest = facts.locked;
  std::string source = "the newest lock";
  for (const RepositoryFacts& repository : facts.repositories) {
    for (const MirrorAnswer& answer : repository.answers) {
      if (!answer.fault.empty() || answer.date <= newest) continue;
      newest = answer.date;
      source = "the signed index of " + repository.name;
    }
  }
  Finding finding{
      "clock", FindingState::ok, os::rfc3339(facts.now), {Purpose::lock, Purpose::build}, {}};
  if (newest == 0) {
    finding.found += ", with nothing to compare it to";
  } else if (newest > facts.now + clock_slack) {
    finding.state = FindingState::missing;
    finding.found += format(", but {} is of {}", source, os::rfc3339(newest));
    finding.fix = format("as root, run: timedatectl set-ntp true, or date -u -s {} or later",
                         os::rfc3339(newest));
  } else {
    finding.found += format(", after {} ({})", source, os::rfc3339(newest));
  }
  return finding;
}

}  // namespace

std::vector<ToolFacts> look_at_tools(const os::Runner& runner) {
  return {tool(runner, "apt-get", "apt"), tool(runner, "gpgv", "gpgv")};
}

std::vector<KeyringFacts> look_at_keyrings(const std::vector<package::Repository>& repositories) {
  std::vector<KeyringFacts> all;
  for (const package::Repository& repository : repositories) {
    auto known = std::find_if(all.begin(), all.end(), [&](const KeyringFacts& one) {
      return one.file == repository.keyring;
    });
    if (known == all.end()) {
      known = all.insert(all.end(), {.file = repository.keyring, .allowed = {}, .keys = {}});
      try {
        known->keys = package::keyring_keys(package::binary_keyring(repository.keyring));
      } catch (const Error& error) {
        known->fault = error.message();
      }
    }
    for (const std::string& allowed : repository.signed_by)
      if (std::find(known->allowed.begin(), known->allowed.end(), allowed) == known->allowed.end())
        known->allowed.push_back(allowed);
  }
  return all;
}

MirrorAnswer ask_mirror(const os::Runner& runner, const package::Repository& repository,
                        const std::string& url, const std::filesystem::path& scratch,
                        std::chrono::milliseconds limit) {
  const std::string address = fetch::on_mirror(url, format("dists/{}/InRelease", repository.suite));
  MirrorAnswer answer{.url = fetch::shown(url), .fault = {}};
  fetch::Options options;
  options.time_limit = limit;
  const auto start = os::system_clock().steady();
  try {
    const std::string text = fetch::fetch_text(address, inrelease_limit, options);
    answer.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(os::system_clock().steady() - start);
    answer.size = text.size();
    os::write_file(scratch / "InRelease", text);
    const package::Release release =
        package::verify_release(runner, repository, scratch / "InRelease", scratch).release;
    answer.date = release.date;
    answer.valid_until = release.valid_until;
  } catch (const Error& error) {
    answer.fault = error.message();
    if (const std::string shown = fetch::shown(address) + ": "; answer.fault.starts_with(shown))
      answer.fault.erase(0, shown.size());
  }
  return answer;
}

std::vector<Finding> archive_findings(const ArchiveFacts& facts) {
  std::vector<Finding> findings;
  for (const ToolFacts& tool : facts.tools) findings.push_back(tool_finding(tool));
  for (const KeyringFacts& keyring : facts.keyrings)
    findings.push_back(keyring_finding(keyring, facts.now));
  for (const RepositoryFacts& repository : facts.repositories)
    findings.push_back(mirror_finding(repository, facts));
  findings.push_back(clock_finding(facts));
  return findings;
}

}  // namespace ingot::run
