// SPDX-License-Identifier: Apache-2.0
#include "os/environment.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/words.hpp"

namespace ingot::os {
namespace {

bool is_program(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Environment::Environment(std::map<std::string, std::string> variables, std::filesystem::path cwd,
                         std::filesystem::path executable)
    : variables_(std::move(variables)), cwd_(std::move(cwd)), executable_(std::move(executable)) {}

Environment Environment::of_process() {
  std::map<std::string, std::string> variables;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view text = *each;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::error_code failed;
  std::filesystem::path cwd = std::filesystem::current_path(failed);
  if (failed) {
    throw Error(Fault::environment, "the working directory cannot be read: " + failed.message() +
                                        "; change to an existing folder and try again");
  }
  std::filesystem::path executable = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) {
    throw Error(Fault::environment,
                "cannot read /proc/self/exe: " + failed.message() + "; ingot needs /proc");
  }
  return Environment(std::move(variables), std::move(cwd), std::move(executable));
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = variables_.find(std::string(name));
  if (found == variables_.end()) return std::nullopt;
  return found->second;
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
  const std::optional<std::string> value = get(name);
  return value && !value->empty() ? *value : std::string(fallback);
}

std::filesystem::path Environment::cache_folder() const {
  if (const std::string own = get_or("INGOT_CACHE", ""); !own.empty()) return cwd_ / own;
  // The XDG specification has relative values ignored.
  const std::filesystem::path xdg = get_or("XDG_CACHE_HOME", "");
  if (xdg.is_absolute()) return xdg / "ingot";
  const std::filesystem::path home = get_or("HOME", "");
  if (home.is_absolute()) return home / ".cache" / "ingot";
  throw Error(Fault::environment,
              "no folder for the cache: none of INGOT_CACHE, XDG_CACHE_HOME and HOME is set; "
              "set INGOT_CACHE to a folder");
}

std::optional<std::filesystem::path> find_program(const Environment& environment,
                                                  std::string_view name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    const std::filesystem::path path = environment.cwd() / name;
    return is_program(path) ? std::optional(path) : std::nullopt;
  }
  std::vector<std::string> folders =
      split(environment.get_or("PATH", "/usr/local/bin:/usr/bin:/bin"), ':');
  folders.emplace_back("/usr/sbin");
  folders.emplace_back("/sbin");
  for (const std::string& folder : folders) {
    // An empty element means the working directory; nobody wants programs from there.
    if (folder.empty()) continue;
    std::filesystem::path path = environment.cwd() / folder / name;
    if (is_program(path)) return path;
  }
  return std::nullopt;
}

}  // namespace ingot::os
