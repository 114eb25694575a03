// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "agreement/elf.hpp"
#include "agreement/library_cache.hpp"
#include "agreement/rule.hpp"
#include "agreement/version_text.hpp"
#include "base/error.hpp"
#include "base/words.hpp"

namespace ingot::agreement {
namespace {

constexpr const char* no_driver = "the image has no NVIDIA driver";
constexpr std::string_view smi_path = "usr/bin/nvidia-smi";
constexpr std::string_view daemon_path = "usr/bin/nvidia-persistenced";
// libcuda has 30 MB, GSP firmware 40 MB.
constexpr std::uint64_t largest_file = 512ULL << 20;

// A program or library must carry the version among its texts.
void judge_texts(const Subject& subject, std::string_view path, const std::string& version,
                 Verdict& verdict) {
  const auto found = driver_versions_in(subject.tree.root().read(path, largest_file).value_or(""));
  if (found.contains(version)) return verdict.saw(path, version);
  verdict.fault(path,
                found.empty() ? "names no driver version"
                              : "names " + joined({found.begin(), found.end()}, ", "),
                version);
}

void smi_path_rule(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  const Entry* entry = subject.tree.find(smi_path);
  const std::string expected = "a regular, executable file";
  if (entry == nullptr) return verdict.fault(smi_path, "not there", expected);
  if (entry->kind == os::FileKind::link && entry->target.starts_with('/'))
    return verdict.fault(smi_path, "an absolute link to " + entry->target, expected);
  if (!subject.tree.is_program(smi_path))
    return verdict.fault(smi_path, "no executable file", expected);
  verdict.saw(smi_path, "an executable file");
}

void smi_version(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  if (!subject.tree.is_program(smi_path)) return verdict.skip("there is no nvidia-smi");
  judge_texts(subject, smi_path, subject.facts.driver->version, verdict);
}

// "550.163.01" of libcuda.so.550.163.01; "" for files that are no versioned driver library.
std::string library_version(std::string_view name) {
  constexpr std::array<std::string_view, 5> stems = {"libcuda", "libnvidia-", "libnvcuvid",
                                                     "libnvoptix", "libGLX_nvidia"};
  const std::size_t so = name.find(".so.");
  if (so == std::string_view::npos) return {};
  const bool known = std::any_of(stems.begin(), stems.end(),
                                 [&](std::string_view stem) { return name.starts_with(stem); });
  const std::string_view version = name.substr(so + 4);
  return known && is_driver_version(version) ? std::string(version) : std::string();
}

void library_versions(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  const std::string& expected = subject.facts.driver->version;
  bool cuda = false;
  bool ml = false;
  for (const auto& [path, entry] : subject.tree.all()) {
    if (entry.kind != os::FileKind::regular || !path.starts_with("usr/")) continue;
    const std::string_view name = name_in(path);
    const std::string version = library_version(name);
    if (version.empty()) continue;
    const bool is_cuda = name.starts_with("libcuda.so.");
    const bool is_ml = name.starts_with("libnvidia-ml.so.");
    if (version != expected)
      verdict.fault(path, "a library of driver " + version, expected);
    else if (is_cuda || is_ml)
      judge_texts(subject, path, subject.facts.driver->version, verdict);
    cuda = cuda || is_cuda;
    ml = ml || is_ml;
  }
  if (!cuda) verdict.fault("usr/lib", "no libcuda.so." + expected, "the driver's CUDA library");
  if (!ml) verdict.fault("usr/lib", "no libnvidia-ml.so." + expected, "the driver's NVML");
}

void library_cache(const Subject& subject, Verdict& verdict) {
  constexpr const char* file = "etc/ld.so.cache";
  if (!subject.facts.driver) return verdict.skip(no_driver);
  const auto bytes = subject.tree.root().read(file, 64U << 20);
  if (!bytes) return verdict.fault(file, "not there", "the loader's cache");
  const LibraryCache cache = parse_library_cache(*bytes);
  for (const std::string library : {"libcuda.so.1", "libnvidia-ml.so.1"}) {
    const auto found = cache.find(library);
    if (found == cache.end()) {
      verdict.fault(file, "does not know " + library, "every driver library");
      continue;
    }
    for (const std::string& path : found->second) {
      const std::string end = subject.tree.root().resolved(path).value_or("nowhere");
      if (!end.ends_with(".so." + subject.facts.driver->version))
        verdict.fault(path, "leads to " + end, "the library of " + subject.facts.driver->version);
      else
        verdict.saw(path, end);
    }
  }
}

bool is_of_driver(std::string_view path) {
  return path.find("nvidia") != std::string_view::npos || name_in(path).starts_with("libcuda.so");
}

void relative_links(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  std::size_t seen = 0;
  for (const auto& [path, entry] : subject.tree.all()) {
    const bool asked = path.starts_with("usr/lib/") || path.starts_with("usr/bin/") ||
                       path.starts_with("usr/sbin/");
    if (entry.kind != os::FileKind::link || !asked || path == smi_path) continue;
    if (path.starts_with("usr/lib/systemd/")) continue;
    const auto end = subject.tree.root().resolved(path);
    if (!is_of_driver(path) && !is_of_driver(end.value_or(""))) continue;
    ++seen;
    if (entry.target.starts_with('/'))
      verdict.fault(path, "an absolute link to " + entry.target, "a relative link");
    else if (!end)
      verdict.fault(path, "a link that leads nowhere, to " + entry.target, "no such link");
  }
  verdict.saw("usr", std::to_string(seen) + " links to driver files");
}

// The firmware says its own version in a section of that name.
std::string firmware_version(const Subject& subject, const std::string& path) {
  const std::string content = subject.tree.root().read(path, largest_file).value_or("");
  const std::string_view text = Elf(content).section(".fwversion").value_or("");
  return std::string(text.substr(0, text.find('\0')));
}

void firmware(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  const std::string& version = subject.facts.driver->version;
  const std::string folder =
      subject.facts.driver->firmware.substr(subject.facts.driver->firmware.find_first_not_of('/'));
  std::set<std::string> names;
  for (const std::string& name : subject.tree.names_in(folder)) {
    if (!name.starts_with("gsp") || !name.ends_with(".bin")) continue;
    const std::string path = folder + "/" + name;
    names.insert(name);
    const std::string found = firmware_version(subject, path);
    if (found != version)
      verdict.fault(path, "firmware of " + (found.empty() ? "no version" : found), version);
    else
      verdict.saw(path, found);
  }
  // One for Turing and GA100, one for every later GPU, since driver 530.
  for (const char* name : {"gsp_ga10x.bin", "gsp_tu10x.bin"})
    if (!names.contains(name))
      verdict.fault(folder, std::string("no ") + name, "the firmware of driver " + version);
  for (const std::string& name : subject.tree.names_in("usr/lib/firmware/nvidia"))
    if (is_driver_version(name) && name != version)
      verdict.fault("usr/lib/firmware/nvidia/" + name, "firmware of another driver", version);
}

void daemon_version(const Subject& subject, Verdict& verdict) {
  if (!subject.facts.driver) return verdict.skip(no_driver);
  if (!subject.tree.has(daemon_path)) return verdict.skip("the image has no nvidia-persistenced");
  judge_texts(subject, daemon_path, subject.facts.driver->persistenced, verdict);
}

bool has_user(const Subject& subject, const std::string& user) {
  const std::string text = subject.tree.root().read("etc/passwd").value_or("");
  const auto lines = split(text, '\n');
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(user + ":"); });
}

void daemon_unit(const Subject& subject, Verdict& verdict) {
  constexpr std::string_view unit = "nvidia-persistenced.service";
  constexpr std::string_view condition = "ConditionPathExists=/proc/driver/nvidia/version";
  if (!subject.facts.driver) return verdict.skip(no_driver);
  if (!subject.tree.has(daemon_path)) return verdict.skip("the image has no nvidia-persistenced");
  if (subject.units.masked(unit)) return verdict.saw("etc/systemd/system", "the daemon is masked");
  if (!has_user(subject, "nvpd")) verdict.fault("etc/passwd", "no user nvpd", "the daemon's user");
  if (!subject.units.enabled(unit))
    verdict.fault("etc/systemd/system", "nothing starts " + std::string(unit), "enabled or masked");
  if (subject.units.text(unit).find(condition) == std::string::npos)
    verdict.fault("usr/lib/systemd/system/" + std::string(unit),
                  "starts without a driver, and fails", std::string(condition));
  verdict.saw("usr/lib/systemd/system", std::string(unit) + " is enabled, on a condition");
}

constexpr std::array rules = {
    Rule{"smi.path", "/usr/bin/nvidia-smi is a program, and no absolute link",
         "gpu-operator's validator looks at it from outside of the root (gpu-operator, "
         "cmd/nvidia-validator)",
         "put the file itself there instead of a link through /etc/alternatives", smi_path_rule},
    Rule{"smi.version", "nvidia-smi is of the driver's version",
         "one NVIDIA version everywhere (ublue-os/bazzite#2668)",
         "lock nvidia-smi to the driver's package version", smi_version},
    Rule{"lib.version",
         "every NVIDIA library is of the driver's version, libcuda and NVML are there",
         "NVML error 18, driver/library version mismatch (NVIDIA/k8s-device-plugin#1431)",
         "lock the library packages to the driver's package version, and remove other copies",
         library_versions},
    Rule{"lib.ldcache",
         "the loader finds libcuda.so.1 and libnvidia-ml.so.1 of the driver's version",
         "a second copy that is found first (ublue-os/main#891)",
         "run ldconfig after the last change of libraries, and remove other copies", library_cache},
    Rule{"lib.links", "links to driver files are relative and lead to something",
         "absolute links dangle in containers that mount a part of the root "
         "(nvidia-container-toolkit, pkg/lookup)",
         "make the link relative in a configure script", relative_links},
    Rule{"fw.gsp", "the GSP firmware of exactly this driver is there, for all families of GPUs",
         "its absence shows only with a GPU (open-gpu-kernel-modules; ublue-os/bazzite#2668)",
         "lock firmware-nvidia-gsp to the driver's package version", firmware},
    Rule{"persist.version",
         "nvidia-persistenced is of the version that the driver's definition names",
         "one NVIDIA version everywhere (ublue-os/bazzite#2668)",
         "take the package of that version; where the archive has none of the driver's own, name "
         "it with 'persistenced' in the driver's definition",
         daemon_version},
    Rule{"user.persist", "nvidia-persistenced has its user, and starts only with a driver",
         "the stock unit fails on a node without GPU (measured with Debian 13's package)",
         "keep the drop-in with the condition, and enable or mask the unit", daemon_unit},
};

}  // namespace

std::span<const Rule> driver_rules() { return rules; }

}  // namespace ingot::agreement
