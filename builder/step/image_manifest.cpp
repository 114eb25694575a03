// SPDX-License-Identifier: Apache-2.0
#include "step/image_manifest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"
#include "base/words.hpp"

namespace ingot::step {
namespace {

using nlohmann::json;

std::string unquoted(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
      value.back() == value.front())
    value = value.substr(1, value.size() - 2);
  return std::string(value);
}

json driver_part(const spec::ResolvedImage& image) {
  if (!image.driver) return nullptr;
  json part = {{"version", image.driver->version},
               {"flavour", spec::name_of(image.driver->flavour)},
               {"package_version", image.driver->package_version},
               {"modules", image.driver->modules},
               {"firmware", image.driver->firmware}};
  if (image.driver->persistenced != image.driver->version)
    part["persistenced"] = image.driver->persistenced;
  return part;
}

}  // namespace

OsRelease parse_os_release(std::string_view text) {
  OsRelease release;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    const std::string value = unquoted(trimmed(std::string_view(line).substr(equals + 1)));
    if (line.substr(0, equals) == "ID") release.id = value;
    if (line.substr(0, equals) == "VERSION_ID") release.version_id = value;
  }
  if (release.id.empty() || release.version_id.empty()) {
    throw Error(Fault::verification,
                "the image's /etc/os-release lacks ID or VERSION_ID, which cluster operators need");
  }
  return release;
}

std::string locked_version(const spec::Lock& lock, std::string_view package) {
  const auto found = std::find_if(lock.image_root.begin(), lock.image_root.end(),
                                  [&](const auto& p) { return p.name == package; });
  return found == lock.image_root.end() ? "" : found->version;
}

std::string image_manifest(const spec::ResolvedImage& image, const spec::Lock& lock,
                           const OsRelease& os_release, const crypto::Certificate& signer) {
  std::set<std::string> held;
  for (const spec::ResolvedLayer& layer : image.layers)
    for (const spec::ResolvedPackage& package : layer.packages)
      if (package.hold) held.insert(package.name);

  json packages = json::array();
  for (const spec::LockedPackage& package : lock.image_root) {
    packages.push_back({{"name", package.name},
                        {"version", package.version},
                        {"hold", held.contains(package.name)}});
  }
  json kernel_line = json::array();
  for (const spec::Located& word : image.kernel_line) kernel_line.push_back(word.value);

  json profile = {{"gpus", spec::name_of(image.profile.gpus)}};
  if (image.profile.count) profile["count"] = *image.profile.count;
  const std::string containerd = locked_version(lock, "containerd");

  json manifest = {
      {"schema", "ingot/image/v1"},
      {"image", image.name},
      {"version", image.version},
      {"architecture", image.architecture},
      {"os", {{"id", os_release.id}, {"version_id", os_release.version_id}}},
      {"kernel", nullptr},
      {"driver", driver_part(image)},
      {"signer", {{"subject", signer.common_name()}, {"sha256", signer.fingerprint().hex()}}},
      {"containerd", containerd.empty() ? json(nullptr) : json{{"version", containerd}}},
      {"profile", profile},
      {"packages", packages},
      {"kernel_line", kernel_line},
  };
  if (image.kernel) {
    manifest["kernel"] = {{"release", image.kernel->release},
                          {"package", image.kernel->image.package},
                          {"version", image.kernel->image.version}};
  }
  return manifest.dump(1) + "\n";
}

}  // namespace ingot::step
