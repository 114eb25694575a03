// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "agreement/rule.hpp"
#include "base/error.hpp"
#include "base/words.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::agreement {
namespace {

// "usr/lib/modules/6.12" is 6.12.
std::vector<std::string> releases_of_modules(const TreeIndex& tree) {
  std::vector<std::string> releases;
  for (const std::string& folder : module_folders(tree)) releases.emplace_back(name_in(folder));
  return releases;
}

void one_kernel(const Subject& subject, Verdict& verdict) {
  const std::array<std::pair<std::string, std::vector<std::string>>, 3> places = {{
      {"usr/lib/modules", releases_of_modules(subject.tree)},
      {"boot/vmlinuz-*", boot_releases(subject.tree, "vmlinuz-")},
      {"boot/initrd.img-*", boot_releases(subject.tree, "initrd.img-")},
  }};
  const bool wanted = !subject.facts.kernel_release.empty();
  for (const auto& [place, releases] : places) {
    if (releases.size() != (wanted ? 1U : 0U)) {
      verdict.fault(place, releases.empty() ? "none" : joined(releases, ", "),
                    wanted ? "exactly one kernel" : "no kernel");
    } else if (wanted && places[0].second.size() == 1 && releases[0] != places[0].second[0]) {
      verdict.fault(place, releases[0], "the release of the modules, " + places[0].second[0]);
    } else if (wanted) {
      verdict.saw(place, releases[0]);
    }
  }
  if (!wanted) verdict.skip("the image has no kernel");
}

void pinned_kernel(const Subject& subject, Verdict& verdict) {
  const std::string& pinned = subject.facts.kernel_release;
  if (pinned.empty()) return verdict.skip("the image has no kernel");
  const auto releases = releases_of_modules(subject.tree);
  if (std::find(releases.begin(), releases.end(), pinned) == releases.end()) {
    verdict.fault("usr/lib/modules", releases.empty() ? "none" : joined(releases, ", "), pinned);
  } else {
    verdict.saw("usr/lib/modules", pinned);
  }
}

void kernel_links(const Subject& subject, Verdict& verdict) {
  if (subject.facts.kernel_release.empty()) return verdict.skip("the image has no kernel");
  for (const std::string folder : {"", "boot/"}) {
    for (const std::string kind : {"vmlinuz", "initrd.img"}) {
      const Entry* old = subject.tree.find(folder + kind + ".old");
      if (old != nullptr)
        verdict.fault(folder + kind + ".old", "a link to " + old->target, "no second kernel");
      if (!subject.tree.has(folder + kind)) continue;
      const std::string expected = "boot/" + kind + "-";
      const std::string end = subject.tree.root().resolved(folder + kind).value_or("nowhere");
      if (!end.starts_with(expected))
        verdict.fault(folder + kind, "leads to " + end, expected + subject.facts.kernel_release);
      else
        verdict.saw(folder + kind, end);
    }
  }
}

void initramfs_kernel(const Subject& subject, Verdict& verdict) {
  if (subject.facts.kernel_release.empty()) return verdict.skip("the image has no kernel");
  if (subject.initramfs.empty()) return verdict.skip("there is no initramfs");
  const auto releases = releases_of_modules(subject.tree);
  for (const InitramfsFacts& initramfs : subject.initramfs) {
    if (!initramfs.broken.empty()) {
      verdict.fault(initramfs.path, initramfs.broken, "an initramfs");
      continue;
    }
    for (const std::string& release : initramfs.releases) {
      if (std::find(releases.begin(), releases.end(), release) == releases.end())
        verdict.fault(initramfs.path, "modules of " + release, joined(releases, ", "));
      else
        verdict.saw(initramfs.path, "modules of " + release);
    }
  }
}

void os_release(const Subject& subject, Verdict& verdict) {
  const auto text = subject.tree.root().read("etc/os-release", 1U << 16);
  if (!text) return verdict.fault("etc/os-release", "not there", "ID and VERSION_ID");
  std::map<std::string, std::string> fields;
  for (const std::string& line : split(*text, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) fields[line.substr(0, equals)] = line.substr(equals + 1);
  }
  for (const std::string key : {"ID", "VERSION_ID"}) {
    if (fields[key].empty() || fields[key] == "\"\"")
      verdict.fault("etc/os-release", key + " is not set", "both ID and VERSION_ID");
    else
      verdict.saw("etc/os-release", key + "=" + fields[key]);
  }
}

constexpr std::string_view manifest_path = "usr/lib/ingot/image.json";

void compare(const nlohmann::json& manifest, const char* at, const std::string& expected,
             Verdict& verdict) {
  const nlohmann::json value = manifest.value(nlohmann::json::json_pointer(at), nlohmann::json());
  const std::string found = value.is_string() ? value.get<std::string>() : "";
  const std::string name(at + 1);
  if (found != expected)
    verdict.fault(manifest_path, name + " is '" + found + "'", "'" + expected + "'");
  else
    verdict.saw(manifest_path, name + " is '" + found + "'");
}

void manifest_agrees(const Subject& subject, Verdict& verdict) {
  const Facts& facts = subject.facts;
  const auto text = subject.tree.root().read(manifest_path, 16U << 20);
  if (!text) return verdict.fault(manifest_path, "not there", "the image's manifest");
  const nlohmann::json manifest = crypto::parse_strict_json(*text, manifest_path);
  if (!manifest.is_object()) return verdict.fault(manifest_path, "no manifest", "a JSON object");
  compare(manifest, "/image", facts.image, verdict);
  compare(manifest, "/version", facts.version, verdict);
  compare(manifest, "/kernel/release", facts.kernel_release, verdict);
  compare(manifest, "/driver/version", facts.driver ? facts.driver->version : "", verdict);
  compare(manifest, "/driver/flavour",
          facts.driver ? std::string(spec::name_of(facts.driver->flavour)) : "", verdict);
}

constexpr std::array rules = {
    Rule{"kern.single", "there is exactly one kernel: one modules folder, one vmlinuz, one initrd",
         "a second kernel boots without its modules (Azure/batch-shipyard#174, "
         "NVIDIA/gpu-operator#1215)",
         "remove the other kernel's package or files from the layer that brings it", one_kernel},
    Rule{"kern.release", "the kernel in the tree is the pinned one",
         "installing the driver must not change the kernel (microsoft/azurelinux#13433)",
         "let no layer install another kernel, or pin that one in kernels/", pinned_kernel},
    Rule{"kern.links", "links to the kernel lead to it, and none names an older one",
         "boot loaders follow /vmlinuz and /vmlinuz.old",
         "remove or mend the link in a finish script", kernel_links},
    Rule{"kern.initrd", "the initramfs holds modules of this kernel only",
         "netboot kernel = kernel of the modules in the root (kairos-io/kairos#2522)",
         "make the initramfs after the last change of the kernel, with this kernel's release",
         initramfs_kernel},
    Rule{"os.release", "/etc/os-release has ID and VERSION_ID",
         "gpu-operator refuses nodes without these labels (gpu-operator, "
         "controllers/state_manager.go)",
         "keep the distribution's os-release, or set both fields", os_release},
    Rule{"img.manifest", "the manifest in the tree tells of this very image",
         "the node's self-test judges by it", "let no layer write /usr/lib/ingot/image.json",
         manifest_agrees},
};

}  // namespace

std::span<const Rule> kernel_rules() { return rules; }

}  // namespace ingot::agreement
