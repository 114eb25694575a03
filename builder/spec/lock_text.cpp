// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/format.hpp"
#include "spec/lock.hpp"
#include "spec/node.hpp"

namespace ingot::spec {
namespace {

/// As plain text where every YAML reader takes it for text, else in double quotes.
std::string scalar(std::string_view text) {
  constexpr std::string_view plain =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._+/-";
  const bool starts_well = !text.empty() && text.front() != '-' && text.front() != '+';
  const bool is_plain = starts_well && text.find_first_not_of(plain) == std::string_view::npos &&
                        text != "null" && text != "Null" && text != "NULL" &&
                        !looks_like_number(text) && !looks_like_boolean(text);
  if (is_plain) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string flow_list(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) {
    if (text.size() > 1) text += ", ";
    text += scalar(word);
  }
  return text + "]";
}

std::string text_of(const LockedRepository& repository) {
  std::string text = format("  - name: {}\n    archive: {}\n    suite: {}\n    date: {}\n",
                            scalar(repository.name), scalar(repository.archive),
                            scalar(repository.suite), scalar(repository.date));
  text += format("    release: {}\n    signed-by: {}\n    indexes:\n",
                 scalar(repository.release.hex()), flow_list(repository.signed_by));
  for (const LockedIndex& index : repository.indexes) {
    text += format("      - {{path: {}, sha256: {}, size: {}}}\n", scalar(index.path),
                   scalar(index.sha256.hex()), index.size.count);
  }
  return text;
}

std::string text_of(const LockedPackage& package) {
  std::string text =
      format("  - {{name: {}, version: {}, architecture: {}, sha256: {}, size: {}",
             scalar(package.name), scalar(package.version), scalar(package.architecture),
             scalar(package.sha256.hex()), package.size.count);
  text += format(", repository: {}, path: {}, layer: {}", scalar(package.repository),
                 scalar(package.path), scalar(package.layer));
  if (package.asked) text += ", asked: true";
  if (package.essential) text += ", essential: true";
  if (!package.pre_depends.empty()) {
    text += ", pre-depends: " + flow_list(package.pre_depends);
  }
  return text + "}\n";
}

std::string section(const char* key, std::vector<LockedPackage> packages) {
  if (packages.empty()) return format("{}: []\n", key);
  std::sort(packages.begin(), packages.end());
  std::string text = format("{}:\n", key);
  for (const LockedPackage& package : packages) text += text_of(package);
  return text;
}

}  // namespace

std::string render(const Lock& lock) {
  std::string text = "# Written by `ingot lock`; review it, commit it, do not edit it.\n";
  text +=
      format("lock: {}\nformat: {}\ndefinitions: {}\nepoch: {}\nrepositories:\n",
             scalar(lock.image), Lock::current_format, scalar(lock.definitions.hex()), lock.epoch);
  for (const LockedRepository& repository : lock.repositories) text += text_of(repository);
  text += section("image-root", lock.image_root);
  text += section("build-root", lock.build_root);
  return text;
}

}  // namespace ingot::spec
