// SPDX-License-Identifier: Apache-2.0
#include "roots.hpp"

#include <array>
#include <deque>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "broken.hpp"

namespace ingot::selftest {

namespace fs = std::filesystem;

Roots Roots::below(const fs::path& folder) {
  return {.root = folder,
          .sys = folder / "sys",
          .proc = folder / "proc",
          .dev = folder / "dev",
          .etc = folder / "etc",
          .run = folder / "run"};
}

bool Roots::live() const {
  const Roots real;
  return root == real.root && sys == real.sys && proc == real.proc && dev == real.dev &&
         etc == real.etc && run == real.run;
}

fs::path Roots::at(std::string_view absolute) const {
  const std::array<std::pair<std::string_view, const fs::path*>, 5> places{
      {{"/sys", &sys}, {"/proc", &proc}, {"/dev", &dev}, {"/etc", &etc}, {"/run", &run}}};
  for (const auto& [prefix, place] : places) {
    if (absolute == prefix) return *place;
    if (absolute.starts_with(prefix) && absolute[prefix.size()] == '/') {
      return *place / fs::path(absolute.substr(prefix.size() + 1));
    }
  }
  while (absolute.starts_with('/')) absolute.remove_prefix(1);
  return root / fs::path(absolute);
}

namespace {

void push_parts(std::deque<std::string>& parts, std::string_view path) {
  std::deque<std::string> front;
  while (!path.empty()) {
    const auto end = path.find('/');
    const auto part = path.substr(0, end);
    if (!part.empty() && part != ".") front.emplace_back(part);
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + 1);
  }
  parts.insert(parts.begin(), front.begin(), front.end());
}

}  // namespace

std::optional<std::string> Roots::resolve(std::string_view absolute) const {
  constexpr int most_links = 40;
  std::deque<std::string> parts;
  push_parts(parts, absolute);
  std::string here;
  int links = 0;
  while (!parts.empty()) {
    const std::string part = parts.front();
    parts.pop_front();
    if (part == "..") {
      const auto slash = here.rfind('/');
      here.erase(slash == std::string::npos ? 0 : slash);
      continue;
    }
    const std::string next = here + "/" + part;
    const fs::path place = at(next);
    struct stat status {};
    if (::lstat(place.c_str(), &status) != 0) return std::nullopt;
    if (!S_ISLNK(status.st_mode)) {
      here = next;
      continue;
    }
    if (++links > most_links) throw Broken(std::string(absolute) + " is a loop of links");
    std::error_code error;
    const std::string target = fs::read_symlink(place, error).string();
    if (error) return std::nullopt;
    if (target.starts_with('/')) here.clear();
    push_parts(parts, target);
  }
  return here.empty() ? "/" : here;
}

bool Roots::executable(std::string_view absolute) const {
  const auto end = resolve(absolute);
  if (!end) return false;
  struct stat status {};
  return ::lstat(at(*end).c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
         (status.st_mode & S_IXUSR) != 0;
}

}  // namespace ingot::selftest
