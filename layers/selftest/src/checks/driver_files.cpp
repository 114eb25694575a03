// SPDX-License-Identifier: Apache-2.0
// drv.*, lib.*, smi.*, fw.*, user.*: the driver's files outside the kernel, and its rivals.
#include <algorithm>
#include <set>

#include <sys/stat.h>

#include "broken.hpp"
#include "checks/checks.hpp"
#include "library_cache.hpp"

namespace ingot::selftest {

namespace {

// `blacklist X` keeps udev from loading a module, `install X /bin/false` everybody.
bool blocks(const std::string& line, std::string_view module) {
  const auto words = words_of(line);
  if (words.size() < 2) return false;
  std::string name = words[1];
  std::replace(name.begin(), name.end(), '-', '_');
  return name == module && (words[0] == "blacklist" || words[0] == "install");
}

bool blacklisted(const Node& node, std::string_view module) {
  for (const char* folder : {"/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d"}) {
    for (const std::string& name : names_in(node.roots.at(folder))) {
      if (!name.ends_with(".conf")) continue;
      const auto file = node.roots.resolve(std::string(folder) + "/" + name);
      const auto text = file ? read_text(node.roots.at(*file)) : std::nullopt;
      for (const std::string& line : lines_of(text.value_or(""))) {
        if (blocks(line, module)) return true;
      }
    }
  }
  return false;
}

}  // namespace

Result drv_blacklist(const Node& node) {
  Findings findings;
  const auto loaded = read_text(node.roots.at("/proc/modules")).value_or("");
  for (const char* rival : {"nouveau", "nova_core"}) {
    for (const std::string& line : lines_of(loaded)) {
      const auto words = words_of(line);
      if (!words.empty() && words.front() == rival) {
        findings.add(std::string(rival) + " is loaded");
      }
    }
    if (!blacklisted(node, rival)) {
      findings.add(std::string(rival) + " is not blacklisted in modprobe.d");
    }
  }
  return std::move(findings).result("nouveau and nova_core are kept away");
}

namespace {

struct Candidate {
  std::string path;  ///< as listed
  std::string end;   ///< the file behind it
};

// Where the linker would look: its cache, or its built-in folders when there is none.
std::vector<Candidate> candidates(const Node& node, const std::string& soname) {
  std::set<std::string> paths;
  std::set<std::string> folders;
  const auto cache = node.roots.at("/etc/ld.so.cache");
  if (std::filesystem::exists(cache)) {
    const Mapping mapping(cache);
    for (const CachedLibrary& library : parse_library_cache(mapping.bytes())) {
      if (!fits(library, node.image->architecture)) continue;
      folders.insert(library.path.substr(0, library.path.rfind('/')));
      if (library.name == soname) paths.insert(library.path);
    }
  } else {
    const std::string triplet =
        node.image->architecture == "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
    folders = {"/lib/" + triplet, "/usr/lib/" + triplet, "/lib", "/usr/lib"};
  }
  if (paths.empty()) {
    for (const std::string& folder : folders) {
      if (node.roots.exists(folder + "/" + soname)) paths.insert(folder + "/" + soname);
    }
    if (!paths.empty() && std::filesystem::exists(cache)) {
      throw Broken(soname + " is on the disk but not in ld.so.cache: run ldconfig");
    }
  }
  std::vector<Candidate> found;
  for (const std::string& path : paths) {
    found.push_back({.path = path, .end = node.roots.resolve(path).value_or("")});
  }
  return found;
}

void judge_library(const Node& node, const std::string& soname, Findings& findings) {
  const auto found = candidates(node, soname);
  if (found.empty()) {
    findings.add(soname + " is found nowhere");
    return;
  }
  const std::string wanted =
      soname.substr(0, soname.rfind('.')) + "." + node.image->driver->version;
  std::set<std::string> files;
  for (const Candidate& candidate : found) {
    if (candidate.end.empty()) {
      findings.add(candidate.path + " leads nowhere");
      continue;
    }
    const std::string name = candidate.end.substr(candidate.end.rfind('/') + 1);
    if (name != wanted) findings.add(candidate.path + " is " + name + ", not " + wanted);
    files.insert(candidate.end);
  }
  if (files.size() > 1) {
    std::string all;
    for (const std::string& file : files) all += (all.empty() ? "" : ", ") + file;
    findings.add(soname + " is there more than once: " + all);
  }
  findings.value(soname, found.front().end);
}

}  // namespace

Result lib_cache(const Node& node) {
  Findings findings;
  for (const char* soname : {"libcuda.so.1", "libnvidia-ml.so.1"}) {
    judge_library(node, soname, findings);
  }
  return std::move(findings).result("the linker finds one copy of each, of version " +
                                    node.image->driver->version);
}

Result smi_path(const Node& node) {
  const std::string path = "/usr/bin/nvidia-smi";
  std::error_code error;
  const auto link = std::filesystem::read_symlink(node.roots.at(path), error);
  if (!error && link.is_absolute()) {
    return fail(path + " is an absolute link to " + link.string() +
                ": it dangles in containers, and gpu-operator's validator refuses it");
  }
  const auto end = node.roots.resolve(path);
  if (!end) return fail(path + " is missing");
  if (!node.roots.executable(path)) return fail(path + " is no executable regular file");
  return pass(path + (*end == path ? " is a regular executable" : " leads to " + *end));
}

namespace {

bool elf_of_some_size(const std::filesystem::path& path) {
  const Mapping mapping(path);
  const Octets bytes = mapping.bytes();
  return bytes.size() > 4096 && hex_of(bytes.first(4)) == "7f454c46";
}

}  // namespace

Result firmware_gsp(const Node& node) {
  const std::string& folder = node.image->driver->firmware;
  if (folder.empty()) return skip("the image's driver ships no firmware");
  Findings findings;
  const auto shadow = first_line(node.roots.at("/sys/module/firmware_class/parameters/path"));
  if (shadow && !trimmed(*shadow).empty()) {
    findings.add("firmware_class.path is " + *shadow + ", which hides " + folder);
  }
  std::string names;
  const auto end = node.roots.resolve(folder);
  for (const std::string& name : end ? names_in(node.roots.at(*end)) : std::vector<std::string>()) {
    if (!name.starts_with("gsp") || !name.ends_with(".bin")) continue;
    names += (names.empty() ? "" : " ") + name;
    const auto file = node.roots.resolve(*end + "/" + name);
    if (!file || !elf_of_some_size(node.roots.at(*file))) {
      findings.add(folder + "/" + name + " is damaged");
    }
  }
  if (names.empty()) findings.add("no gsp*.bin in " + folder);
  return std::move(findings).result(names);
}

Result user_persist(const Node& node) {
  const std::string unit = "nvidia-persistenced.service";
  if (unit_masked(node, unit)) return skip("persistence is switched off in this image");
  const auto file = unit_file(node, unit);
  if (!file) return skip("the image has no nvidia-persistenced");
  Findings findings;
  const auto users = read_text(node.roots.at("/etc/passwd")).value_or("");
  const auto lines = lines_of(users);
  if (std::none_of(lines.begin(), lines.end(), [](const std::string& line) {
        return line.starts_with("nvpd:") || line.starts_with("nvidia-persistenced:");
      })) {
    findings.add("the user nvpd is missing");
  }
  if (!unit_enabled(node, unit)) findings.add(unit + " is not enabled");
  std::string text = require_text(node.roots.at(*file));
  for (const std::string& folder : unit_folders()) {
    for (const std::string& name : names_in(node.roots.at(folder + "/" + unit + ".d"))) {
      const auto part = node.roots.resolve(folder + "/" + unit + ".d/" + name);
      if (part) text += "\n" + require_text(node.roots.at(*part));
    }
  }
  const auto conditions = lines_of(text);
  if (std::none_of(conditions.begin(), conditions.end(), [](const std::string& line) {
        return line.starts_with("Condition") || line.starts_with("ExecCondition");
      })) {
    findings.add(unit + " has no condition: it fails on every node without a GPU");
  }
  return std::move(findings).result("user there, unit enabled and conditioned");
}

}  // namespace ingot::selftest
