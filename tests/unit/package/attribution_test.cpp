// SPDX-License-Identifier: Apache-2.0
#include "package/attribution.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot::package;

namespace {

ResolvedPackage resolved(const std::string& name, const std::string& depends = "",
                         const std::string& provides = "", bool essential = false) {
  ResolvedPackage package;
  package.name = name;
  package.version = "1";
  package.depends = parse_relations(depends);
  package.provides = parse_relations(provides);
  package.essential = essential;
  return package;
}

}  // namespace

TEST_CASE("a package belongs to the first layer that reaches it", "[package]") {
  std::vector<ResolvedPackage> packages = {
      resolved("libc6"),
      resolved("bash", "libc6", "", true),
      resolved("systemd", "libsystemd, libmount"),
      resolved("libsystemd", "libc6"),
      resolved("libmount"),
      resolved("containerd", "runc, libc6"),
      resolved("runc", "libseccomp"),
      resolved("libseccomp"),
      resolved("exim", "libmount", "mail-agent"),
      resolved("cron", "mail-agent | nothing"),
      resolved("stray"),
  };
  const std::vector<LayerPackages> layers = {
      {"base", {"systemd"}}, {"runtime", {"containerd", "libmount"}}, {"mail", {"cron"}}};
  const auto layer_of = attribute(layers, packages);
  CHECK(layer_of.at("bash") == "base");
  CHECK(layer_of.at("libc6") == "base");
  CHECK(layer_of.at("libmount") == "base");
  CHECK(layer_of.at("containerd") == "runtime");
  CHECK(layer_of.at("libseccomp") == "runtime");
  CHECK(layer_of.at("exim") == "mail");
  CHECK(layer_of.at("stray") == "base");
  CHECK(layer_of.size() == packages.size());

  std::reverse(packages.begin(), packages.end());
  CHECK(attribute(layers, packages) == layer_of);
}

TEST_CASE("essential packages belong to the first layer whoever asks for them", "[package]") {
  const auto layer_of =
      attribute({{"empty", {}}, {"second", {"bash"}}}, {resolved("bash", "", "", true)});
  CHECK(layer_of.at("bash") == "empty");
}

TEST_CASE("packages without a layer are a bug", "[package]") {
  CHECK_THROWS_AS(attribute({}, {resolved("xx")}), ingot::Error);
}
