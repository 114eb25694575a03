// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/format.hpp"
#include "spec/lock.hpp"
#include "spec/scalar.hpp"

namespace ingot::spec {
namespace {

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
