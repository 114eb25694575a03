// SPDX-License-Identifier: Apache-2.0
#include "agreement/subject.hpp"

#include <algorithm>

#include "agreement/initramfs.hpp"
#include "base/error.hpp"

namespace ingot::agreement {
namespace {

constexpr std::string_view modules_root = "usr/lib/modules";

std::optional<crypto::Certificate> certificate_in(const TreeIndex& tree) {
  try {
    const auto bytes = tree.root().read(certificate_path, 1U << 16);
    if (bytes) return crypto::Certificate::parse(*bytes, certificate_path);
  } catch (const Error& error) {
    if (error.fault() != Fault::input && error.fault() != Fault::verification) throw;
  }
  return std::nullopt;
}

std::vector<KernelModule> foreign_modules(const TreeIndex& tree, const Facts& facts,
                                          std::optional<crypto::Certificate> certificate) {
  // A foreign certificate would call every module false; the rule of the certificate says enough.
  if (certificate && facts.module_certificate &&
      certificate->fingerprint() != *facts.module_certificate)
    certificate.reset();
  std::vector<KernelModule> modules;
  for (const std::string& folder : module_folders(tree)) {
    for (const std::string& path : tree.paths_below(folder)) {
      const Entry& entry = *tree.find(path);
      if (entry.kind == os::FileKind::folder || !is_module_file(name_in(path))) continue;
      if (path.starts_with(folder + "/kernel/")) continue;
      modules.push_back(read_kernel_module(tree.root(), path, certificate));
    }
  }
  return modules;
}

// Members are named with or without "./" in front.
std::string_view relative(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

void take_member(InitramfsFacts& facts, std::string_view path, std::string_view content) {
  path = relative(path);
  for (const std::string_view root : {"usr/lib/modules/", "lib/modules/"}) {
    if (!path.starts_with(root)) continue;
    const std::string_view release =
        path.substr(root.size(), path.find('/', root.size()) - root.size());
    if (!release.empty()) facts.releases.emplace(release);
  }
  if (path.find("modprobe.d/") != std::string_view::npos && path.ends_with(".conf"))
    facts.modprobe.add(std::string(path), content);
}

std::vector<InitramfsFacts> initramfs_of(const TreeIndex& tree) {
  constexpr std::uint64_t largest = 1ULL << 30;
  std::vector<InitramfsFacts> found;
  for (const std::string& release : boot_releases(tree, "initrd.img-")) {
    InitramfsFacts facts;
    facts.path = "boot/initrd.img-" + release;
    try {
      const auto bytes = tree.root().read(facts.path, largest);
      if (bytes) {
        visit_initramfs(*bytes, [&](std::string_view path, std::string_view content) {
          take_member(facts, path, content);
        });
      } else {
        facts.broken = "a link that leads to no file";
      }
    } catch (const Error& error) {
      if (error.fault() != Fault::input && error.fault() != Fault::verification) throw;
      facts.broken = error.message();
    }
    found.push_back(std::move(facts));
  }
  return found;
}

}  // namespace

std::vector<std::string> module_folders(const TreeIndex& tree) {
  std::vector<std::string> folders;
  for (const std::string& name : tree.names_in(modules_root)) {
    std::string path = std::string(modules_root) + "/" + name;
    if (tree.find(path)->kind == os::FileKind::folder) folders.push_back(std::move(path));
  }
  return folders;
}

std::vector<std::string> boot_releases(const TreeIndex& tree, std::string_view prefix) {
  std::vector<std::string> releases;
  for (const std::string& name : tree.names_in("boot"))
    if (name.starts_with(prefix)) releases.push_back(name.substr(prefix.size()));
  return releases;
}

Subject subject_of(const TreeIndex& tree, const Facts& facts) {
  constexpr std::uint64_t largest_status = 64U << 20;
  auto certificate = certificate_in(tree);
  Subject subject{.tree = tree,
                  .facts = facts,
                  .certificate = certificate,
                  .modules = foreign_modules(tree, facts, std::move(certificate)),
                  .initramfs = initramfs_of(tree),
                  .packages = parse_dpkg_status(
                      tree.root().read("var/lib/dpkg/status", largest_status).value_or("")),
                  .modprobe = ModprobeConfig(tree),
                  .units = UnitFiles(tree),
                  .containerd = {}};
  if (!facts.version_of("containerd").empty()) subject.containerd = read_containerd_config(tree);
  return subject;
}

}  // namespace ingot::agreement
