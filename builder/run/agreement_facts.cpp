// SPDX-License-Identifier: Apache-2.0
#include "run/agreement_facts.hpp"

#include <set>
#include <string>

#include "crypto/hasher.hpp"

namespace ingot::run {

agreement::Facts agreement_facts(const spec::ResolvedImage& image, const spec::Lock& lock,
                                 const crypto::Certificate& module_certificate,
                                 const std::filesystem::path& build_root) {
  agreement::Facts facts{.image = image.name,
                         .version = image.version,
                         .kernel_release = image.kernel ? image.kernel->release : "",
                         .driver = {},
                         .kernel_line = {},
                         .packages = {},
                         .module_certificate = module_certificate.fingerprint(),
                         .build_root = build_root};
  if (image.driver) {
    facts.driver = agreement::DriverFacts{.version = image.driver->version,
                                          .flavour = image.driver->flavour,
                                          .modules = image.driver->modules,
                                          .persistenced = image.driver->persistenced,
                                          .firmware = image.driver->firmware};
  }
  for (const spec::Located& word : image.kernel_line) facts.kernel_line.push_back(word.value);
  std::set<std::string> held;
  for (const spec::ResolvedLayer& layer : image.layers)
    for (const spec::ResolvedPackage& package : layer.packages)
      if (package.hold) held.insert(package.name);
  for (const spec::LockedPackage& package : lock.image_root)
    facts.packages.push_back({package.name, package.version, held.contains(package.name)});
  return facts;
}

Sha256 key_of(const agreement::Facts& facts, const Sha256& build_root) {
  crypto::FieldHasher hasher("ingot.agreement.facts.v1");
  const auto list = [&](const std::vector<std::string>& words) {
    hasher.field(words.size());
    for (const std::string& word : words) hasher.field(word);
  };
  hasher.field(facts.image).field(facts.version).field(facts.kernel_release);
  hasher.field(facts.driver ? 1 : 0);
  if (facts.driver) {
    hasher.field(facts.driver->version).field(spec::name_of(facts.driver->flavour));
    list(facts.driver->modules);
    hasher.field(facts.driver->persistenced).field(facts.driver->firmware);
  }
  list(facts.kernel_line);
  hasher.field(facts.packages.size());
  for (const agreement::PackageFacts& package : facts.packages)
    hasher.field(package.name).field(package.version).field(package.hold ? 1 : 0);
  hasher.field(facts.module_certificate.value_or(Sha256{})).field(build_root);
  return hasher.finish();
}

}  // namespace ingot::run
