// SPDX-License-Identifier: Apache-2.0
#include "package/catalogue.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "package/deb822.hpp"
#include "package/relation.hpp"

namespace ingot::package {
namespace {

/// "1.0, 1.1 and 3 more"
std::string some_of(const std::vector<std::string>& words) {
  constexpr std::size_t shown = 5;
  std::vector<std::string> first;
  for (const std::string& word : words) {
    if (first.size() == shown) break;
    first.push_back(word);
  }
  std::string text = joined(first, ", ");
  if (words.size() > shown) text += format(" and {} more", words.size() - shown);
  return text;
}

template <class Map>
std::vector<std::string> names_in(const Map& map) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, unused] : map) names.push_back(name);
  return names;
}

std::uint64_t size_of(const Stanza& stanza) {
  const std::string_view text = stanza.get("Size");
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc{} || end != text.data() + text.size())
    throw Error(Fault::input,
                format("package {} has no sensible size: '{}'", stanza.get("Package"), text));
  return size;
}

/// The path is joined to folders later: it must stay inside.
std::string pool_path(std::string_view text) {
  const std::vector<std::string> parts = split(text, '/');
  for (const std::string& part : parts)
    if (part.empty() || part == "..")
      throw Error(Fault::input, format("'{}' is no path of a file in a repository", text));
  return std::string(text.starts_with("./") ? text.substr(2) : text);
}

ResolvedPackage facts_of(const Stanza& stanza, const std::string& repository) {
  ResolvedPackage package;
  package.name = stanza.get("Package");
  return during(format("reading the index entry of {}", package.name), [&] {
    package.version = stanza.get("Version");
    package.architecture = stanza.get("Architecture");
    package.digest = Sha256::from_hex(stanza.get("SHA256"));
    package.size = Bytes{size_of(stanza)};
    package.filename = pool_path(stanza.get("Filename"));
    package.repository = repository;
    package.essential = stanza.get_or_empty("Essential") == "yes";
    package.pre_depends = parse_relations(stanza.get_or_empty("Pre-Depends"));
    package.depends = parse_relations(stanza.get_or_empty("Depends"));
    package.provides = parse_relations(stanza.get_or_empty("Provides"));
    return package;
  });
}

}  // namespace

Catalogue::Catalogue(std::vector<IndexFile> files, std::string_view architecture)
    : files_(std::move(files)) {
  for (const IndexFile& index : files_) {
    StanzaReader reader = StanzaReader::of_file(index.file);
    while (const auto stanza = reader.next()) {
      const std::string_view built_for = stanza->get("Architecture");
      if (built_for != architecture && built_for != "all") continue;
      const std::string name(stanza->get("Package"));
      // "linux-signed-amd64 (6.1.192+2)"; without the field the source has the package's name.
      const std::string_view field = stanza->get_or_empty("Source");
      const std::string source(field.substr(0, field.find(' ')));
      versions_[name].emplace(stanza->get("Version"), source.empty() ? name : source);
      if (const auto provides = stanza->find("Provides"))
        for (const Alternatives& group : parse_relations(*provides))
          for (const Relation& provided : group) providers_[provided.name].insert(name);
    }
  }
}

bool Catalogue::has(const std::string& name, const std::string& version) const {
  const auto found = versions_.find(name);
  return found != versions_.end() && found->second.contains(version);
}

std::optional<std::string> Catalogue::source_of(const std::string& name,
                                                const std::string& version) const {
  const auto found = versions_.find(name);
  if (found == versions_.end()) return std::nullopt;
  const auto source = found->second.find(version);
  if (source == found->second.end()) return std::nullopt;
  return source->second;
}

std::optional<std::string> Catalogue::fault(const Asked& asked) const {
  const auto found = versions_.find(asked.name);
  if (found != versions_.end()) {
    if (!asked.version || found->second.contains(*asked.version)) return std::nullopt;
    return format("{}: package {} has no version {} in the repositories; there is {}", asked.place,
                  asked.name, *asked.version, some_of(names_in(found->second)));
  }
  if (const auto providers = providers_.find(asked.name); providers != providers_.end())
    return format("{}: {} is no package but a name that others provide; write one of {}",
                  asked.place, asked.name,
                  some_of({providers->second.begin(), providers->second.end()}));
  const std::vector<std::string> names = names_in(versions_);
  std::string text = format("{}: package {} is in no repository", asked.place, asked.name);
  if (const auto meant = nearest(asked.name, names)) text += format("; did you mean {}?", *meant);
  return text;
}

std::vector<ResolvedPackage> Catalogue::facts_of(const std::vector<Chosen>& chosen) const {
  std::map<Sha256, const Chosen*> wanted;
  for (const Chosen& one : chosen) wanted.emplace(one.digest, &one);
  std::map<Sha256, ResolvedPackage> found;
  for (const IndexFile& index : files_) {
    StanzaReader reader = StanzaReader::of_file(index.file);
    while (const auto stanza = reader.next()) {
      const auto hex = stanza->find("SHA256");
      if (!hex) continue;
      const Sha256 digest = Sha256::from_hex(*hex);
      const auto want = wanted.find(digest);
      if (want == wanted.end() || found.contains(digest)) continue;
      const auto& repositories = want->second->repositories;
      if (std::find(repositories.begin(), repositories.end(), index.repository) ==
          repositories.end())
        continue;
      found.emplace(digest, package::facts_of(*stanza, index.repository));
    }
  }
  std::vector<ResolvedPackage> facts;
  for (const Chosen& one : chosen) {
    const auto package = found.find(one.digest);
    if (package == found.end())
      throw Error(Fault::verification,
                  format("apt chose a package with SHA-256 {} that no signed index lists",
                         one.digest.hex()));
    facts.push_back(package->second);
  }
  return facts;
}

}  // namespace ingot::package
