// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "agreement/rule.hpp"

namespace ingot::agreement {
namespace {

constexpr const char* status_path = "var/lib/dpkg/status";

void locked_packages(const Subject& subject, Verdict& verdict) {
  std::set<std::string> locked;
  for (const PackageFacts& package : subject.facts.packages) {
    locked.insert(package.name);
    const auto found = subject.packages.find(package.name);
    if (found == subject.packages.end() || found->second.state != "installed") {
      verdict.fault(status_path,
                    package.name + " is " +
                        (found == subject.packages.end() ? "missing" : found->second.state),
                    "installed in version " + package.version);
    } else if (found->second.version != package.version) {
      verdict.fault(status_path, package.name + " has version " + found->second.version,
                    package.version);
    }
  }
  for (const auto& [name, package] : subject.packages)
    if (is_present(subject.packages, name) && !locked.contains(name))
      verdict.fault(status_path, name + " " + package.version + " is installed",
                    "only packages of the lock");
  verdict.saw(status_path, std::to_string(locked.size()) + " packages as locked");
}

bool must_be_held(const std::string& name, const InstalledPackage& package) {
  return name.starts_with("linux-image-") || package.source.starts_with("nvidia-graphics-drivers");
}

void holds(const Subject& subject, Verdict& verdict) {
  std::set<std::string> wanted;
  for (const PackageFacts& package : subject.facts.packages)
    if (package.hold) wanted.insert(package.name);
  std::size_t held = 0;
  for (const auto& [name, package] : subject.packages) {
    if (!is_present(subject.packages, name)) continue;
    if (!wanted.contains(name) && !must_be_held(name, package)) continue;
    if (package.want != "hold")
      verdict.fault(status_path, name + " is not on hold", "kernel and driver packages on hold");
    ++held;
  }
  if (held == 0) verdict.skip("no package asks for a hold");
  verdict.saw(status_path, std::to_string(held) + " packages on hold");
}

void no_dkms(const Subject& subject, Verdict& verdict) {
  for (const char* path :
       {"var/lib/dkms", "usr/sbin/dkms", "etc/dkms", "usr/lib/dkms", "etc/kernel/postinst.d/dkms"})
    if (subject.tree.has(path)) verdict.fault(path, "DKMS", "nothing that builds modules");
  for (const auto& [name, package] : subject.packages)
    if (is_present(subject.packages, name) && (name == "dkms" || name.ends_with("-dkms")))
      verdict.fault(status_path, name + " is installed", "nothing that builds modules");
}

// "gcc" of x86_64-linux-gnu-gcc-14.
std::string_view bare_name(std::string_view program) {
  constexpr std::string_view triplet = "-linux-gnu-";
  if (const std::size_t at = program.find(triplet); at != std::string_view::npos)
    program.remove_prefix(at + triplet.size());
  const std::size_t dash = program.rfind('-');
  if (dash != std::string_view::npos && dash > 0 &&
      program.find_first_not_of("0123456789.", dash + 1) == std::string_view::npos)
    program = program.substr(0, dash);
  return program;
}

void no_compiler(const Subject& subject, Verdict& verdict) {
  static const std::set<std::string_view> compilers = {"gcc", "g++",  "cc",    "c++", "cpp",  "as",
                                                       "ld",  "make", "clang", "go",  "rustc"};
  for (const char* folder : {"usr/bin", "usr/sbin", "usr/local/bin"})
    for (const std::string& name : subject.tree.names_in(folder))
      if (compilers.contains(bare_name(name)))
        verdict.fault(std::string(folder) + "/" + name, "a compiler, linker or make",
                      "none in the image");
  for (const std::string& path : subject.tree.paths_below("usr/lib/gcc"))
    if (name_in(path).starts_with("cc1")) verdict.fault(path, "a compiler", "none in the image");
}

void no_headers(const Subject& subject, Verdict& verdict) {
  for (const std::string& name : subject.tree.names_in("usr/src"))
    verdict.fault("usr/src/" + name, "headers or source", "an empty folder");
  for (const std::string& folder : module_folders(subject.tree))
    for (const char* link : {"/build", "/source"})
      if (subject.tree.has(folder + link))
        verdict.fault(folder + link, "leads to kernel headers", "no such link");
  for (const auto& [name, package] : subject.packages)
    if (is_present(subject.packages, name) && name.starts_with("linux-headers-"))
      verdict.fault(status_path, name + " is installed", "no headers in the image");
}

void no_cuda_toolkit(const Subject& subject, Verdict& verdict) {
  for (const char* folder : {"usr/local", "opt"})
    for (const std::string& name : subject.tree.names_in(folder))
      if (name == "cuda" || name.starts_with("cuda-"))
        verdict.fault(std::string(folder) + "/" + name, "a CUDA toolkit", "none in the image");
  for (const char* path : {"usr/bin/nvcc", "usr/lib/cuda", "usr/lib/nvidia-cuda-toolkit"})
    if (subject.tree.has(path)) verdict.fault(path, "a CUDA toolkit", "none in the image");
}

constexpr std::array rules = {
    Rule{"img.pkgs", "installed is what the lock names, in exactly these versions",
         "unpinned packages drift from build to build",
         "let no script install or remove packages; name them in a layer", locked_packages},
    Rule{"img.hold", "kernel, driver and what layers hold is on hold",
         "an upgrade splits driver and libraries (NVIDIA/k8s-device-plugin#1431)",
         "give the package 'hold: true' in its layer", holds},
    Rule{"img.nodkms", "there is no DKMS",
         "modules built at first boot (awslabs/amazon-eks-ami#2733)",
         "install the driver's user space only; ingot compiles the modules", no_dkms},
    Rule{"img.nocompiler", "there is no compiler, linker or make",
         "no build tools on nodes (Azure/AgentBaker#8612)", "compile in a layer's scripts/build",
         no_compiler},
    Rule{"img.noheaders", "there are no kernel headers and no sources",
         "no build tools on nodes (Azure/AgentBaker#8612)",
         "name headers under 'build-root', not 'packages'", no_headers},
    Rule{"img.nocuda", "there is no CUDA toolkit",
         "9 GB that containers bring along (awslabs/amazon-eks-ami#1924)",
         "leave it to the containers", no_cuda_toolkit},
};

}  // namespace

std::span<const Rule> package_rules() { return rules; }

}  // namespace ingot::agreement
