// SPDX-License-Identifier: Apache-2.0
#include "spec/kernel.hpp"

#include "base/format.hpp"
#include "spec/fields.hpp"
#include "spec/parse.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

PinnedPackage read_pinned(const Node* node, const std::string& what, Diagnostics& diagnostics) {
  PinnedPackage pinned;
  if (node == nullptr) return pinned;
  Fields fields{*node, what, diagnostics};
  if (const Node* name = fields.required("package")) {
    if (auto word = read_word(*name, "package", package_name, diagnostics)) {
      pinned.package = std::move(word->value);
    }
  }
  if (const Node* version = fields.required("version")) {
    if (auto word = read_quoted(*version, "version", package_version, diagnostics)) {
      pinned.version = std::move(word->value);
    }
  }
  fields.finish();
  return pinned;
}

}  // namespace

void check_own_name(const Node* node, std::string_view key, const Syntax& syntax,
                    const Origin& origin, Diagnostics& diagnostics) {
  if (node == nullptr) return;
  const auto name = read_word(*node, key, syntax, diagnostics);
  if (!name || name->value == origin.name) return;
  diagnostics.add({name->place,
                   format("{} {} does not have the name of its file, {}", key,
                          in_quotes(name->value), origin.file),
                   {},
                   format("write {}, or rename the file", in_quotes(origin.name))});
}

Kernel parse_kernel(const Node& root, const Origin& origin, Diagnostics& diagnostics) {
  Kernel kernel;
  kernel.name = origin.name;
  kernel.file = origin.file;
  Fields fields{root, "kernel", diagnostics};
  check_own_name(fields.required("kernel"), "kernel", definition_name, origin, diagnostics);
  if (const Node* node = fields.required("release")) {
    if (auto word = read_word(*node, "release", kernel_release, diagnostics)) {
      kernel.release = std::move(word->value);
    }
  }
  kernel.image = read_pinned(fields.required("image"), "kernel image", diagnostics);
  kernel.headers = read_pinned(fields.required("headers"), "set of kernel headers", diagnostics);
  if (const Node* node = fields.required("compiler")) {
    if (auto word = read_word(*node, "compiler", package_name, diagnostics)) {
      kernel.compiler = std::move(word->value);
    }
  }
  fields.finish();
  return kernel;
}

}  // namespace ingot::spec
