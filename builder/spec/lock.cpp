// SPDX-License-Identifier: Apache-2.0
#include "spec/lock.hpp"

#include <algorithm>
#include <set>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/fields.hpp"
#include "spec/node.hpp"
#include "spec/parse.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

class LockReader {
public:
  LockReader(const Node& root, const std::string& file, Diagnostics& diagnostics)
      : root_(root), file_(file), diagnostics_(diagnostics) {}

  Lock read();

private:
  std::string word(Fields& fields, std::string_view key, const Syntax& syntax);
  std::string verbatim(Fields& fields, std::string_view key, const Syntax& syntax);
  Sha256 digest(Fields& fields, std::string_view key);
  std::int64_t number(Fields& fields, std::string_view key, Range range);
  bool flag(Fields& fields, std::string_view key);
  void format_number(Fields& fields);
  LockedRepository repository(const Node& node);
  LockedIndex index(const Node& node);
  LockedPackage package(const Node& node);
  std::vector<LockedPackage> root_packages(Fields& fields, std::string_view key);

  const Node& root_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  std::vector<std::string> repositories_;
};

std::string LockReader::word(Fields& fields, std::string_view key, const Syntax& syntax) {
  const Node* const node = fields.required(key);
  if (node == nullptr) return {};
  auto read = read_word(*node, key, syntax, diagnostics_);
  return read ? std::move(read->value) : std::string{};
}

std::string LockReader::verbatim(Fields& fields, std::string_view key, const Syntax& syntax) {
  const Node* const node = fields.required(key);
  if (node == nullptr) return {};
  auto read = read_verbatim(*node, key, syntax, diagnostics_);
  return read ? std::move(read->value) : std::string{};
}

Sha256 LockReader::digest(Fields& fields, std::string_view key) {
  const std::string hex = verbatim(fields, key, sha256_digest);
  return hex.empty() ? Sha256{} : Sha256::from_hex(hex);
}

std::int64_t LockReader::number(Fields& fields, std::string_view key, Range range) {
  const Node* const node = fields.required(key);
  return node == nullptr ? 0 : read_integer(*node, key, range, diagnostics_).value_or(0);
}

bool LockReader::flag(Fields& fields, std::string_view key) {
  const Node* const node = fields.optional(key);
  return node != nullptr && read_boolean(*node, key, diagnostics_).value_or(false);
}

void LockReader::format_number(Fields& fields) {
  const Node* const node = fields.required("format");
  if (node == nullptr) return;
  const auto value = read_integer(*node, "format", {}, diagnostics_);
  if (!value || *value == Lock::current_format) return;
  diagnostics_.add({node->place, format("lock format {} is not known to this version", *value),
                    std::to_string(Lock::current_format), "write it anew with 'ingot lock'"});
}

Lock LockReader::read() {
  Lock lock;
  Fields fields{root_, "lock", diagnostics_};
  lock.image = word(fields, "lock", definition_name);
  format_number(fields);
  lock.definitions = digest(fields, "definitions");
  lock.epoch = number(fields, "epoch", {0, std::numeric_limits<std::int32_t>::max() * 8LL});
  if (const Node* list = fields.required("repositories")) {
    std::vector<Located> names;
    for (const Node& item : read_list(*list, "repositories", diagnostics_)) {
      lock.repositories.push_back(repository(item));
      const std::string& name = lock.repositories.back().name;
      repositories_.push_back(name);
      if (!name.empty()) names.push_back({name, item.place});
    }
    refuse_duplicates(names, "repositories", diagnostics_);
  }
  lock.image_root = root_packages(fields, "image-root");
  lock.build_root = root_packages(fields, "build-root");
  fields.finish();
  return lock;
}

LockedRepository LockReader::repository(const Node& node) {
  LockedRepository found;
  Fields fields{node, "repository", diagnostics_};
  found.name = word(fields, "name", definition_name);
  found.archive = word(fields, "archive", repository_path);
  found.suite = word(fields, "suite", repository_path);
  found.date = word(fields, "date", utc_time);
  found.release = digest(fields, "release");
  if (const Node* list = fields.required("signed-by")) {
    for (const Node& item : read_list(*list, "signed-by", diagnostics_)) {
      if (auto key = read_verbatim(item, "signed-by", fingerprint, diagnostics_)) {
        found.signed_by.push_back(std::move(key->value));
      }
    }
  }
  if (const Node* list = fields.required("indexes")) {
    for (const Node& item : read_list(*list, "indexes", diagnostics_)) {
      found.indexes.push_back(index(item));
    }
  }
  fields.finish();
  return found;
}

LockedIndex LockReader::index(const Node& node) {
  LockedIndex found;
  Fields fields{node, "index", diagnostics_};
  found.path = word(fields, "path", repository_path);
  found.sha256 = digest(fields, "sha256");
  found.size.count = static_cast<std::uint64_t>(number(fields, "size", {.minimum = 0}));
  fields.finish();
  return found;
}

LockedPackage LockReader::package(const Node& node) {
  LockedPackage found;
  Fields fields{node, "package", diagnostics_};
  found.name = word(fields, "name", package_name);
  found.version = word(fields, "version", package_version);
  if (const Node* architecture = fields.required("architecture")) {
    if (read_choice(*architecture, "architecture", {"all", "amd64"}, diagnostics_)) {
      found.architecture = architecture->text;
    }
  }
  found.sha256 = digest(fields, "sha256");
  found.size.count = static_cast<std::uint64_t>(number(fields, "size", {.minimum = 1}));
  if (const Node* repository = fields.required("repository")) {
    if (read_choice(*repository, "repository", repositories_, diagnostics_)) {
      found.repository = repository->text;
    }
  }
  found.path = word(fields, "path", repository_path);
  found.layer = word(fields, "layer", definition_name);
  found.asked = flag(fields, "asked");
  found.essential = flag(fields, "essential");
  if (const Node* list = fields.optional("pre-depends")) {
    for (Located& name : read_words(*list, "pre-depends", package_name, diagnostics_)) {
      found.pre_depends.push_back(std::move(name.value));
    }
  }
  fields.finish();
  return found;
}

std::vector<LockedPackage> LockReader::root_packages(Fields& fields, std::string_view key) {
  std::vector<LockedPackage> packages;
  const Node* const list = fields.required(key);
  const bool none = list != nullptr && list->kind == NodeKind::list && list->items.empty();
  if (list == nullptr || none) return packages;
  std::vector<Located> names;
  for (const Node& item : read_list(*list, key, diagnostics_)) {
    packages.push_back(package(item));
    if (!packages.back().name.empty()) names.push_back({packages.back().name, item.place});
  }
  refuse_duplicates(names, key, diagnostics_);
  return packages;
}

}  // namespace

std::optional<Lock> parse_lock(std::string_view text, const std::string& file,
                               Diagnostics& diagnostics) {
  Diagnostics own;
  std::optional<Lock> lock;
  if (const auto root = parse_yaml(text, file, own)) lock = LockReader{*root, file, own}.read();
  if (own.empty()) return lock;
  diagnostics.keep_source(file, text);
  for (Diagnostic& fault : own.sorted()) diagnostics.add(std::move(fault));
  return std::nullopt;
}

}  // namespace ingot::spec
