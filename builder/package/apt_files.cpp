// SPDX-License-Identifier: Apache-2.0
#include "package/apt_files.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::package {

bool is_plain_in_apt(std::string_view path) noexcept {
  return std::all_of(path.begin(), path.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._+~-").find(c) != std::string_view::npos;
  });
}

std::string apt_configuration(const std::string& prefix, const std::string& architecture) {
  // Read before everything else (APT_CONFIG), so that no folder of the machine is looked at after.
  return format(R"(Dir "{0}/";
Dir::Etc "{0}/etc";
Dir::Etc::main "apt.conf";
Dir::Etc::parts "apt.conf.d";
Dir::Etc::sourcelist "sources.list";
Dir::Etc::sourceparts "sources.list.d";
Dir::Etc::preferences "preferences";
Dir::Etc::preferencesparts "preferences.d";
Dir::Etc::trusted "trusted.gpg";
Dir::Etc::trustedparts "trusted.gpg.d";
Dir::Etc::netrc "auth.conf";
Dir::Etc::netrcparts "auth.conf.d";
Dir::State "{0}/state";
Dir::State::lists "{0}/lists";
Dir::State::status "{0}/state/status";
Dir::State::extended_states "{0}/state/extended_states";
Dir::Cache "{0}/cache";
Dir::Log "{0}/log";
APT::Architecture "{1}";
APT::Architectures {{ "{1}"; }};
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Sandbox::User "root";
APT::Get::AllowUnauthenticated "false";
APT::Get::Always-Include-Phased-Updates "true";
APT::Update::Error-Mode "any";
pkgCacheGen::ForceEssential ",";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Check-Valid-Until "true";
Acquire::Check-Date "true";
Acquire::ForceHash "sha256";
Acquire::GzipIndexes "false";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
)",
                prefix, architecture);
}

std::string apt_url(const std::string& url) {
  if (url.starts_with('/')) return "copy:" + url;
  if (url.starts_with("file://")) return "copy:" + url.substr(7);
  return url;
}

std::string source_line(const Repository& repository, const std::string& url,
                        const std::filesystem::path& keyring) {
  return format("deb [signed-by={}] {} {} {}\n", keyring.string(), apt_url(url), repository.suite,
                joined(repository.components, " "));
}

std::string pin_preferences(const std::map<std::string, std::string>& pins) {
  std::string text;
  for (const auto& [name, version] : pins)
    text += format("Package: {}\nPin: version {}\nPin-Priority: 1001\n\n", name, version);
  return text;
}

std::optional<PrintedUri> parse_printed_uri(std::string_view line) {
  if (!line.starts_with('\'')) return std::nullopt;
  const auto close = line.find('\'', 1);
  if (close == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> words = split(trimmed(line.substr(close + 1)), ' ');
  constexpr std::string_view kind = "SHA256:";
  if (words.size() != 3 || !words[2].starts_with(kind))
    throw Error(Fault::verification, format("apt answers without a SHA-256: {}", line));
  return PrintedUri{std::string(line.substr(1, close - 1)),
                    Sha256::from_hex(std::string_view(words[2]).substr(kind.size()))};
}

std::set<std::string> unmet_names(const std::vector<std::string>& lines) {
  // " foo : Depends: bar (= 1.2) but 1.1 is to be installed"
  std::set<std::string> names;
  for (const std::string& line : lines) {
    if (!line.starts_with(' ')) continue;
    const std::vector<std::string> words = split(trimmed(line), ' ');
    if (words.size() > 1 && words[1] == ":") names.insert(words[0]);
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
      if (words[i].size() > 1 && words[i].ends_with(':')) names.insert(words[i + 1]);
  }
  return names;
}

}  // namespace ingot::package
