// SPDX-License-Identifier: Apache-2.0
#include "run/release_statement.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/strict_json.hpp"
#include "os/clock.hpp"

namespace ingot::run {
namespace {

using nlohmann::json;

constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";
constexpr std::size_t most_files = 1024;  // as Sigstore's readers have it

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Fault::verification, "the release statement is refused: " + reason);
}

const json& member(const json& object, std::string_view where, const char* key) {
  if (!object.is_object()) refuse(format("{} is not an object", where));
  const auto found = object.find(key);
  if (found == object.end()) refuse(format("{} lacks '{}'", where, key));
  return *found;
}

std::string text_at(const json& object, std::string_view where, const char* key) {
  const json& value = member(object, where, key);
  if (!value.is_string()) refuse(format("'{}' of {} is not a string", key, where));
  return value.get<std::string>();
}

void only(const json& object, std::string_view where, const std::set<std::string>& keys) {
  if (!object.is_object()) refuse(format("{} is not an object", where));
  for (const auto& [key, ignored] : object.items()) {
    if (!keys.contains(key)) refuse(format("{} holds '{}'", where, key.substr(0, 80)));
  }
}

/// {"sha256": "..."} and nothing beside it: a second digest would be one that nobody checks.
Sha256 digest_at(const json& object, std::string_view where) {
  const json& digest = member(object, where, "digest");
  only(digest, where, {"sha256"});
  try {
    return Sha256::from_hex(text_at(digest, where, "sha256"));
  } catch (const Error& error) {
    if (error.fault() == Fault::verification) throw;
    refuse(format("{}: {}", where, error.message()));
  }
}

std::string name_at(const json& object, std::string_view where) {
  std::string name = text_at(object, where, "name");
  const std::string fault = fault_of_name(name);
  if (!fault.empty()) refuse(fault);
  return name;
}

int number_at(std::string_view text, std::size_t at, std::size_t size) {
  int number = 0;
  for (const char digit : text.substr(at, size)) {
    if (digit < '0' || digit > '9') refuse("'created' is not a time");
    number = number * 10 + (digit - '0');
  }
  return number;
}

/// The inverse of os::rfc3339().
std::int64_t unix_time_of(std::string_view text) {
  if (text.size() != 20) refuse("'created' is not a time");
  const auto year = std::chrono::year(number_at(text, 0, 4));
  const auto month = std::chrono::month(static_cast<unsigned>(number_at(text, 5, 2)));
  const auto day = std::chrono::day(static_cast<unsigned>(number_at(text, 8, 2)));
  const std::chrono::sys_days date{year / month / day};
  const std::int64_t time = static_cast<std::int64_t>(date.time_since_epoch().count()) * 86'400 +
                            number_at(text, 11, 2) * 3600 + number_at(text, 14, 2) * 60 +
                            number_at(text, 17, 2);
  if (os::rfc3339(time) != text) refuse("'created' is not a time");
  return time;
}

std::vector<ReleaseFile> files_of(const json& list) {
  if (!list.is_array()) refuse("'files' is not a list");
  if (list.size() > most_files) refuse(format("it lists more than {} files", most_files));
  std::vector<ReleaseFile> files;
  for (const json& row : list) {
    only(row, "a file", {"name", "role", "size", "mediaType", "digest"});
    ReleaseFile file;
    file.name = name_at(row, "a file");
    file.role = text_at(row, file.name, "role");
    file.media_type = text_at(row, file.name, "mediaType");
    const json& size = member(row, file.name, "size");
    if (!size.is_number_unsigned()) refuse(format("the size of {} is no whole number", file.name));
    file.measured = crypto::FileDigest{digest_at(row, file.name), size.get<std::uint64_t>()};
    files.push_back(std::move(file));
  }
  return files;
}

/// Names that differ only in case would be one file on some file systems.
std::string folded(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

void check_subjects(const json& subjects, const std::vector<ReleaseFile>& files) {
  if (!subjects.is_array() || subjects.empty()) refuse("it has no subjects");
  if (subjects.size() > most_files) refuse(format("it has more than {} subjects", most_files));
  std::map<std::string, Sha256> digests;
  std::set<std::string> names;
  for (const json& subject : subjects) {
    only(subject, "a subject", {"name", "digest"});
    const std::string name = name_at(subject, "a subject");
    digests[name] = digest_at(subject, name);
    if (!names.insert(folded(name)).second) refuse(format("{} is a subject twice", name));
  }
  std::set<std::string> listed;
  for (const ReleaseFile& file : files) {
    if (!listed.insert(file.name).second) refuse(format("{} is listed twice", file.name));
    const auto found = digests.find(file.name);
    if (found == digests.end()) refuse(format("{} is listed but no subject", file.name));
    if (found->second != file.measured->digest) {
      refuse(format("it states two digests of {}", file.name));
    }
  }
  if (listed.size() != digests.size()) refuse("it has a subject that is not listed as a file");
}

ReleaseFacts facts_of(const json& predicate) {
  ReleaseFacts facts;
  facts.product = text_at(predicate, "the predicate", "product");
  facts.version = text_at(predicate, "the predicate", "version");
  facts.created = unix_time_of(text_at(predicate, "the predicate", "created"));
  facts.arch = text_at(predicate, "the predicate", "arch");
  const json& kernel = member(predicate, "the predicate", "kernel");
  facts.kernel_release = text_at(kernel, "'kernel'", "release");
  facts.kernel_package = text_at(kernel, "'kernel'", "package");
  if (predicate.contains("nvidia")) {
    const json& nvidia = predicate.at("nvidia");
    facts.driver_version = text_at(nvidia, "'nvidia'", "driver");
    facts.driver_flavour = text_at(nvidia, "'nvidia'", "flavour");
  }
  if (predicate.contains("containerd")) {
    facts.containerd_version = text_at(predicate, "the predicate", "containerd");
  }
  return facts;
}

}  // namespace

std::string fault_of_name(std::string_view name) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~-";
  const std::string shown(name.substr(0, 80));
  if (name.empty() || name.size() > 200) return "a file name has 1 to 200 characters";
  if (name.find_first_not_of(letters) != std::string_view::npos) {
    std::string printable;
    for (const char c : shown) printable += c >= ' ' && c < 0x7f ? c : '?';
    return format("'{}' is no file name: letters, digits and . _ + ~ - are allowed", printable);
  }
  if (name.front() == '.' || name.front() == '-' || name.back() == '.') {
    return format("'{}' is no file name: it starts with a dot or dash, or ends with a dot", shown);
  }
  const std::string stem = folded(std::string(name.substr(0, name.find('.'))));
  if (stem == "con" || stem == "prn" || stem == "aux" || stem == "nul") {
    return format("'{}' is a name that some systems reserve", shown);
  }
  return {};
}

std::string text_of(const ReleaseStatement& statement) {
  using Ordered = nlohmann::ordered_json;
  Ordered subjects = Ordered::array();
  Ordered files = Ordered::array();
  for (const ReleaseFile& file : statement.files) {
    const Ordered digest = {{"sha256", file.measured->digest.hex()}};
    subjects.push_back({{"name", file.name}, {"digest", digest}});
    files.push_back({{"name", file.name},
                     {"role", file.role},
                     {"size", file.measured->size},
                     {"mediaType", file.media_type},
                     {"digest", digest}});
  }
  const ReleaseFacts& facts = statement.facts;
  Ordered predicate;
  predicate["product"] = facts.product;
  predicate["version"] = facts.version;
  predicate["created"] = os::rfc3339(facts.created);
  predicate["arch"] = facts.arch;
  predicate["kernel"] = {{"release", facts.kernel_release}, {"package", facts.kernel_package}};
  if (!facts.driver_version.empty()) {
    predicate["nvidia"] = {{"driver", facts.driver_version}, {"flavour", facts.driver_flavour}};
  }
  if (!facts.containerd_version.empty()) predicate["containerd"] = facts.containerd_version;
  if (statement.development) predicate["devKey"] = true;
  predicate["files"] = std::move(files);

  Ordered root;
  root["_type"] = statement_type;
  root["subject"] = std::move(subjects);
  root["predicateType"] = release_predicate_type;
  root["predicate"] = std::move(predicate);
  return root.dump();
}

ReleaseStatement parse_release_statement(std::string_view text) {
  const json root = crypto::parse_strict_json(text, "the release statement");
  only(root, "the statement", {"_type", "subject", "predicateType", "predicate"});
  if (text_at(root, "the statement", "_type") != statement_type) {
    refuse("it is no in-toto statement v1");
  }
  if (text_at(root, "the statement", "predicateType") != release_predicate_type) {
    refuse(format("its predicate is not {}", release_predicate_type));
  }
  const json& predicate = member(root, "the statement", "predicate");
  ReleaseStatement statement;
  statement.facts = facts_of(predicate);
  if (predicate.contains("devKey")) {
    if (!predicate.at("devKey").is_boolean()) refuse("'devKey' is neither true nor false");
    statement.development = predicate.at("devKey").get<bool>();
  }
  statement.files = files_of(member(predicate, "the predicate", "files"));
  check_subjects(member(root, "the statement", "subject"), statement.files);
  return statement;
}

std::string sums_of(const std::vector<ReleaseFile>& files) {
  std::vector<const ReleaseFile*> sorted;
  for (const ReleaseFile& file : files) {
    if (file.name != release_sums_name) sorted.push_back(&file);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const ReleaseFile* a, const ReleaseFile* b) { return a->name < b->name; });
  std::string text;
  for (const ReleaseFile* file : sorted) {
    text += format("{}  {}\n", file->measured->digest.hex(), file->name);
  }
  return text;
}

}  // namespace ingot::run
