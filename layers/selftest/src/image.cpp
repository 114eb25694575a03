// SPDX-License-Identifier: Apache-2.0
#include "image.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>

#include <nlohmann/json.hpp>

#include "broken.hpp"

namespace ingot::selftest {

using Json = nlohmann::json;

namespace {

// One object of the manifest: asks for keys by name and refuses those nobody asked for.
class Object {
public:
  Object(const Json& json, std::string where, std::initializer_list<std::string_view> keys)
      : json_(json), where_(std::move(where)) {
    if (!json.is_object()) throw Broken(where_ + " is no object");
    for (const auto& [key, value] : json.items()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        throw Broken(where_ + " has an unknown key '" + key + "'");
      }
    }
  }

  bool has(const char* key) const { return json_.contains(key) && !json_[key].is_null(); }

  const Json& at(const char* key) const {
    if (!json_.contains(key)) throw Broken(where_ + " lacks the key '" + key + "'");
    return json_[key];
  }

  std::string text(const char* key) const {
    const Json& value = at(key);
    if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
      throw Broken(name(key) + " is no text, or empty");
    }
    return value.get<std::string>();
  }

  std::vector<std::string> texts(const char* key) const {
    const Json& list = at(key);
    if (!list.is_array()) throw Broken(name(key) + " is no list");
    std::vector<std::string> texts;
    for (const Json& value : list) {
      if (!value.is_string()) throw Broken(name(key) + " holds something that is no text");
      texts.push_back(value.get<std::string>());
    }
    return texts;
  }

  bool flag(const char* key) const {
    if (!json_.contains(key)) return false;
    if (!json_[key].is_boolean()) throw Broken(name(key) + " is neither true nor false");
    return json_[key].get<bool>();
  }

  std::string name(const char* key) const { return where_ + "." + key; }

private:
  const Json& json_;
  std::string where_;
};

Json parse(std::string_view text, const char* what) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    throw Broken(std::string(what) + " is no JSON: " + error.what());
  }
}

Profile profile_of(const Json& json, const std::string& where) {
  const Object object(json, where, {"schema", "gpus", "count"});
  Profile profile;
  const std::string gpus = object.text("gpus");
  if (gpus == "none")
    profile.gpus = Gpus::none;
  else if (gpus == "optional")
    profile.gpus = Gpus::optional;
  else if (gpus == "required")
    profile.gpus = Gpus::required;
  else
    throw Broken(object.name("gpus") + " is '" + gpus + "', not none, optional or required");
  if (object.has("count")) {
    const Json& count = object.at("count");
    if (!count.is_number_unsigned() ||
        count.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max()) {
      throw Broken(object.name("count") + " is no number of GPUs");
    }
    profile.count = count.get<std::uint32_t>();
  }
  return profile;
}

Driver driver_of(const Json& json) {
  const Object object(
      json, "driver",
      {"version", "flavour", "package_version", "persistenced", "modules", "firmware"});
  Driver driver{
      .version = object.text("version"),
      .flavour = object.text("flavour"),
      .package_version = object.text("package_version"),
      .persistenced = object.text(object.has("persistenced") ? "persistenced" : "version"),
      .modules = object.texts("modules"),
      .firmware = object.has("firmware") ? object.text("firmware") : std::string()};
  if (driver.flavour != "open" && driver.flavour != "proprietary") {
    throw Broken("driver.flavour is '" + driver.flavour + "', not open or proprietary");
  }
  if (driver.modules.empty()) throw Broken("driver.modules is empty");
  return driver;
}

std::vector<Package> packages_of(const Json& json) {
  if (!json.is_array()) throw Broken("packages is no list");
  std::vector<Package> packages;
  for (const Json& entry : json) {
    const Object object(entry, "packages[" + std::to_string(packages.size()) + "]",
                        {"name", "version", "hold"});
    packages.push_back({.name = object.text("name"),
                        .version = object.text("version"),
                        .hold = object.flag("hold")});
  }
  return packages;
}

}  // namespace

Image parse_image(std::string_view text) {
  const Json json = parse(text, "the image manifest");
  const Object top(json, "image manifest",
                   {"schema", "image", "version", "architecture", "os", "kernel", "driver",
                    "signer", "containerd", "toolkit", "profile", "packages", "kernel_line"});
  if (top.text("schema") != "ingot/image/v1") {
    throw Broken("the image manifest has schema '" + top.text("schema") +
                 "'; this self-test knows ingot/image/v1");
  }
  const Object os(top.at("os"), "os", {"id", "version_id"});
  const Object kernel(top.at("kernel"), "kernel", {"release", "package", "version"});
  const Object signer(top.at("signer"), "signer", {"subject", "sha256"});
  Image image{.name = top.text("image"),
              .version = top.text("version"),
              .architecture = top.text("architecture"),
              .os_id = os.text("id"),
              .os_version_id = os.text("version_id"),
              .kernel_release = kernel.text("release"),
              .kernel_package = kernel.text("package"),
              .kernel_version = kernel.text("version"),
              .driver = std::nullopt,
              .signer_subject = signer.text("subject"),
              .signer_sha256 = signer.text("sha256"),
              .containerd_version = std::nullopt,
              .toolkit = top.has("toolkit"),
              .profile = profile_of(top.at("profile"), "profile"),
              .packages = packages_of(top.at("packages")),
              .kernel_line = top.texts("kernel_line")};
  if (!top.at("driver").is_null()) image.driver = driver_of(top.at("driver"));
  if (!top.at("containerd").is_null()) {
    image.containerd_version =
        Object(top.at("containerd"), "containerd", {"version"}).text("version");
  }
  return image;
}

Profile parse_profile(std::string_view text) {
  return profile_of(parse(text, "the profile"), "profile");
}

}  // namespace ingot::selftest
