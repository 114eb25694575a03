// SPDX-License-Identifier: Apache-2.0
#include "run/mirrors.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/file.hpp"
#include "package/deb822.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t source_limit = 4U << 20;

std::string without_slashes(std::string_view url) {
  while (url.size() > 1 && url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

std::string archive_of(std::string_view url) {
  const std::string whole = without_slashes(url);
  return whole.substr(whole.rfind('/') + 1);
}

bool is_remote(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : std::string(text) + ' ') {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

/// An address of apt as addresses of ours; none for methods that are apt's alone.
std::vector<std::string> usable(std::string_view address) {
  constexpr std::string_view list = "mirror+file:";
  if (address.starts_with(list)) {
    std::vector<std::string> found;
    std::string path(address.substr(list.size()));
    while (path.starts_with("//")) path.erase(0, 1);
    const auto text = os::read_file_if_any(without_slashes(path), source_limit);
    for (const std::string& line : split(text.value_or(""), '\n')) {
      const std::vector<std::string> words = words_of(line);
      if (!words.empty() && is_remote(words.front()))
        found.push_back(without_slashes(words.front()));
    }
    return found;
  }
  if (is_remote(address)) return {without_slashes(address)};
  for (const std::string_view scheme : {"file:", "copy:"}) {
    if (!address.starts_with(scheme)) continue;
    std::string path(address.substr(scheme.size()));
    while (path.starts_with("//")) path.erase(0, 1);
    if (path.starts_with('/')) return {without_slashes(path)};
  }
  return {};
}

void add(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& one : more)
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

void read_one_line_sources(const std::string& text, std::vector<std::string>& found) {
  for (const std::string& line : split(text, '\n')) {
    std::vector<std::string> words = words_of(line.substr(0, line.find('#')));
    if (words.size() < 3 || words.front() != "deb") continue;
    std::size_t at = 1;
    if (words[at].starts_with('['))
      while (at < words.size() && !words[at].ends_with(']')) ++at;
    if (words[1].starts_with('[')) ++at;
    if (at < words.size()) add(found, usable(words[at]));
  }
}

void read_deb822_sources(std::string_view text, const std::string& name,
                         std::vector<std::string>& found) {
  // Comment lines are legal there, and only there.
  std::string plain;
  for (const std::string& line : split(text, '\n'))
    if (!line.starts_with('#')) plain += line + "\n";
  auto reader = package::StanzaReader::of_text(plain, name);
  while (const auto stanza = reader.next()) {
    if (stanza->get_or_empty("Enabled") == "no" || stanza->get_or_empty("Enabled") == "false")
      continue;
    const std::vector<std::string> types = words_of(stanza->get_or_empty("Types"));
    if (std::find(types.begin(), types.end(), "deb") == types.end()) continue;
    for (const std::string& address : words_of(stanza->get_or_empty("URIs")))
      add(found, usable(address));
  }
}

std::vector<std::string> of_archive(const std::vector<Mirror>& mirrors,
                                    const std::string& archive) {
  std::vector<std::string> urls;
  for (const Mirror& mirror : mirrors)
    if (mirror.archive == archive) add(urls, {mirror.url});
  return urls;
}

/// Servers keep debian-security beside debian, and a small machine's apt may name the latter only.
/// A wrong guess is found out: indexes are signed.
std::vector<std::string> beside(const std::vector<Mirror>& mirrors, const std::string& archive) {
  std::vector<std::string> urls;
  for (const Mirror& mirror : mirrors) {
    if (!archive.starts_with(mirror.archive + "-") || archive_of(mirror.url) != mirror.archive)
      continue;
    add(urls, {mirror.url.substr(0, mirror.url.rfind('/') + 1) + archive});
  }
  return urls;
}

}  // namespace

Mirror parse_mirror(std::string_view text, const fs::path& cwd) {
  Mirror mirror;
  std::string_view url = text;
  const auto equals = text.find('=');
  if (equals != std::string_view::npos &&
      text.substr(0, equals).find_first_of(":/") == std::string_view::npos) {
    mirror.archive = text.substr(0, equals);
    url = text.substr(equals + 1);
  }
  const bool has_scheme = url.find("://") != std::string_view::npos;
  if (url.empty() || (has_scheme && !is_remote(url) && !url.starts_with("file://")))
    throw Error(Fault::input,
                format("'{}' is no mirror: write [archive=]URL with http, https or file, or "
                       "a folder",
                       text));
  mirror.url =
      without_slashes(has_scheme ? std::string(url) : (cwd / url).lexically_normal().string());
  if (mirror.archive.empty()) mirror.archive = archive_of(mirror.url);
  return mirror;
}

std::vector<std::string> configured_addresses(const fs::path& apt_folder) {
  std::vector<fs::path> files{apt_folder / "sources.list"};
  std::error_code failed;
  for (const auto& item : fs::directory_iterator(apt_folder / "sources.list.d", failed))
    files.push_back(item.path());
  std::sort(files.begin() + 1, files.end());
  std::vector<std::string> found;
  for (const fs::path& file : files) {
    const bool deb822 = file.extension() == ".sources";
    if (!deb822 && file.extension() != ".list") continue;
    try {
      const auto text = os::read_file_if_any(file, source_limit);
      if (!text) continue;
      if (deb822)
        read_deb822_sources(*text, file.string(), found);
      else
        read_one_line_sources(*text, found);
    } catch (const Error&) {
      // A source file that we cannot read is no reason to stop: another may name a mirror.
    }
  }
  return found;
}

Mirrors::Mirrors(const std::vector<std::string>& options, const os::Environment& environment,
                 const os::Runner& runner)
    : environment_(environment), runner_(runner) {
  for (const std::string& option : options)
    named_.push_back(parse_mirror(option, environment.cwd()));
  during("reading INGOT_MIRROR", [&] {
    for (const std::string& word : words_of(environment.get_or("INGOT_MIRROR", "")))
      from_environment_.push_back(parse_mirror(word, environment.cwd()));
  });
}

void Mirrors::ask_host() {
  if (std::exchange(host_asked_, true)) return;
  std::vector<std::string> addresses;
  if (os::find_program(environment_, "apt-get")) {
    os::Command command;
    command.program = "apt-get";
    command.args = {"indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"};
    command.why = "ask the host's apt for its mirrors";
    command.on_line = [&](std::string_view line) { add(addresses, usable(trimmed(line))); };
    runner_.run(command);
  }
  // Without downloaded indexes apt names nothing.
  if (addresses.empty()) addresses = configured_addresses("/etc/apt");
  for (const std::string& url : addresses) of_host_.push_back({archive_of(url), url});
}

std::vector<std::string> Mirrors::urls(const std::string& archive) {
  std::vector<std::string> found = of_archive(named_, archive);
  if (found.empty()) found = of_archive(from_environment_, archive);
  if (found.empty()) {
    ask_host();
    found = of_archive(of_host_, archive);
  }
  for (const auto* known : {&named_, &from_environment_, &of_host_})
    if (found.empty()) found = beside(*known, archive);
  if (found.empty())
    throw Error(
        Fault::environment,
        format("no mirror of archive '{0}' is known: the host's apt has none; name one with "
               "--mirror {0}=URL or in INGOT_MIRROR",
               archive));
  return found;
}

}  // namespace ingot::run
