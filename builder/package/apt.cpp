// SPDX-License-Identifier: Apache-2.0
#include "package/apt.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/sandbox.hpp"
#include "package/apt_files.hpp"
#include "package/release.hpp"

namespace ingot::package {
namespace {

namespace fs = std::filesystem;

constexpr const char* inside = "/run/ingot-apt";  // where the target's apt finds its state
constexpr Bytes inrelease_limit = 16_MiB;

void make_folders(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    throw Error(Fault::io, format("cannot make folder {}: {}", folder.string(), failed.message()));
}

std::string last_lines(const std::vector<std::string>& lines, std::size_t count) {
  std::vector<std::string> said;
  for (const std::string& line : lines)
    if (!trimmed(line).empty() && !line.starts_with('\'')) said.push_back(line);
  if (said.size() > count)
    said.erase(said.begin(), said.end() - static_cast<std::ptrdiff_t>(count));
  return joined(said, "\n");
}

/// What apt says about a request that cannot be met, without its general advice.
std::string explanation(const std::vector<std::string>& lines) {
  const auto start = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("unmet dependencies") != std::string::npos ||
           line.starts_with("Unsatisfied dependencies");
  });
  if (start == lines.end()) return last_lines(lines, 20);
  return last_lines({start, lines.end()}, 20);
}

bool any_line_has(const std::vector<std::string>& lines,
                  std::initializer_list<std::string_view> parts) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return line.find(part) != std::string::npos; });
  });
}

std::string with_slash(std::string url) {
  if (!url.ends_with('/')) url += '/';
  return url;
}

}  // namespace

Apt::Apt(const os::Runner& runner, const os::Environment& environment, const store::Store& store,
         Report& report, AptSetup setup)
    : runner_(runner),
      environment_(environment),
      store_(store),
      report_(report),
      setup_(std::move(setup)),
      chosen_urls_(setup_.repositories.size()),
      listed_urls_(setup_.repositories.size()) {
  for (const char* part :
       {"etc/apt.conf.d", "etc/sources.list.d", "etc/preferences.d", "etc/trusted.gpg.d",
        "etc/auth.conf.d", "state", "lists/partial", "cache/archives/partial", "log", "keyrings"})
    make_folders(setup_.folder / part);
  os::write_file(setup_.folder / "state" / "status", "");
  os::write_file(setup_.folder / "outside.conf",
                 apt_configuration(setup_.folder.string(), setup_.architecture));
  os::write_file(setup_.folder / "inside.conf", apt_configuration(inside, setup_.architecture));
}

os::Command Apt::command(const std::string& prefix) const {
  os::Command command;
  const bool target = prefix == inside;
  command.program = target ? "/usr/bin/apt-get" : "apt-get";
  command.env["APT_CONFIG"] = prefix + (target ? "/inside.conf" : "/outside.conf");
  command.env["HOME"] = prefix;
  command.env["TMPDIR"] = "/tmp";
  if (target) return command;
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                           "no_proxy", "NO_PROXY"})
    if (const auto value = environment_.get(name)) command.env[name] = *value;
  return command;
}

os::Outcome Apt::apt_get(std::vector<std::string> arguments, std::string why,
                         std::vector<std::string>& lines) const {
  os::Command call = command(target_root_ ? inside : setup_.folder.string());
  call.args = std::move(arguments);
  call.why = std::move(why);
  call.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  if (!target_root_) return runner_.run(call);
  os::SandboxRoot root;
  root.lowers = {*target_root_};
  root.binds = {{setup_.folder, inside, os::Access::read_write}};
  return os::run_in_sandbox(runner_, environment_, root, call);
}

void Apt::choose_mirror(std::size_t index) {
  const Repository& repository = setup_.repositories[index];
  std::string said;
  bool wrong = false;
  for (const std::string& url : repository.urls) {
    const std::string address =
        fetch::on_mirror(url, format("dists/{}/InRelease", repository.suite));
    bool fetched = false;
    try {
      const std::string text = fetch::fetch_text(address, inrelease_limit, setup_.fetch);
      fetched = true;
      const os::TempDir scratch("release", setup_.folder);
      const fs::path file = scratch.path() / "InRelease";
      os::write_file(file, text);
      verify_release(runner_, repository, file, scratch.path());
      chosen_urls_[index] = url;
      return;
    } catch (const Error& error) {
      // A full disk of ours is no fault of the mirror.
      const bool ours = fetched && error.fault() == Fault::io;
      if (ours || error.fault() == Fault::environment) throw;
      wrong = wrong || error.fault() == Fault::verification;
      std::string reason = error.message();
      if (const std::string shown = fetch::shown(address) + ": "; reason.starts_with(shown))
        reason.erase(0, shown.size());
      said += format("\n  {}: {}", fetch::shown(address), reason);
    }
  }
  throw Error(wrong ? Fault::verification : Fault::network,
              format("repository {} (suite {}) cannot be used:{}\nanother mirror is named with "
                     "--mirror {}=URL",
                     repository.name, repository.suite, said, repository.archive));
}

void Apt::list_mirror(std::size_t index) {
  const std::string& url = chosen_urls_[index];
  listed_urls_[index] = url;
  if (!url.starts_with('/') || is_plain_in_apt(url)) return;
  const fs::path link = setup_.folder / "mirrors" / std::to_string(index);
  make_folders(link.parent_path());
  std::error_code failed;
  fs::create_directory_symlink(url, link, failed);
  if (failed) throw Error(Fault::io, format("cannot make {}: {}", link.string(), failed.message()));
  listed_urls_[index] = link.string();
}

void Apt::write_state() const {
  std::string sources;
  for (std::size_t i = 0; i < setup_.repositories.size(); ++i) {
    const Repository& repository = setup_.repositories[i];
    const fs::path keyring = setup_.folder / "keyrings" / (repository.name + ".gpg");
    os::write_file(keyring, binary_keyring(repository.keyring));
    sources += source_line(repository, listed_urls_[i], keyring);
  }
  os::write_file(setup_.folder / "etc" / "sources.list", sources);
}

std::vector<RepositoryState> Apt::update() {
  for (std::size_t i = 0; i < setup_.repositories.size(); ++i) {
    choose_mirror(i);
    list_mirror(i);
  }
  write_state();
  std::vector<std::string> lines;
  const os::Outcome outcome = apt_get({"update", "-q"}, "read the package indexes", lines);
  if (!outcome.ok()) {
    refuse_full_disk(lines);
    const bool wrong = any_line_has(lines, {"Hash Sum mismatch", "unexpected size", "not valid yet",
                                            "expired", "is not signed", "verified", "NO_PUBKEY"});
    throw Error(wrong ? Fault::verification : Fault::network,
                format("apt cannot read the package indexes:\n{}\nanother mirror is named with "
                       "--mirror ARCHIVE=URL",
                       last_lines(lines, 10)));
  }
  catalogue_ = Catalogue(index_files(), setup_.architecture);
  std::vector<RepositoryState> states;
  for (std::size_t i = 0; i < setup_.repositories.size(); ++i)
    states.push_back(check_repository(i));
  return states;
}

std::vector<IndexFile> Apt::index_files() const {
  os::Command call = command(setup_.folder.string());
  call.args = {"indextargets", "--format",
               "$(CREATED_BY)\t$(REPO_URI)\t$(RELEASE)\t$(METAKEY)\t$(FILENAME)"};
  call.why = "list the package indexes";
  std::vector<IndexFile> files;
  call.on_line = [&](std::string_view line) {
    const std::vector<std::string> parts = split(line, '\t');
    if (parts.size() != 5 || parts[0] != "Packages") return;
    for (std::size_t i = 0; i < setup_.repositories.size(); ++i) {
      if (with_slash(apt_url(listed_urls_[i])) != with_slash(parts[1])) continue;
      if (setup_.repositories[i].suite != parts[2]) continue;
      files.push_back({setup_.repositories[i].name, parts[3], parts[4]});
      return;
    }
  };
  os::require(runner_, call, Fault::environment);
  return files;
}

fs::path Apt::list_of_release(std::size_t index) const {
  // apt names all files of a suite alike: "<site>_dists_<suite>_" and the path with "_" for "/".
  const std::string& name = setup_.repositories[index].name;
  for (const IndexFile& file : catalogue_.files()) {
    if (file.repository != name) continue;
    std::string list = file.file.string();
    if (list.size() <= file.path.size()) continue;
    return list.substr(0, list.size() - file.path.size()) + "InRelease";
  }
  throw Error(Fault::input,
              format("repository {} has no package for architecture {} in {}", name,
                     setup_.architecture, joined(setup_.repositories[index].components, ", ")));
}

RepositoryState Apt::check_repository(std::size_t index) const {
  const Repository& repository = setup_.repositories[index];
  const fs::path file = list_of_release(index);
  const os::TempDir scratch("release", setup_.folder);
  return during(
      format("checking repository {} ({})", repository.name, fetch::shown(chosen_urls_[index])),
      [&] {
        const VerifiedRelease verified = verify_release(runner_, repository, file, scratch.path());
        RepositoryState state;
        state.name = repository.name;
        state.release = crypto::digest_of_file(file);
        state.date = verified.release.date;
        state.signed_by = verified.signed_by;
        for (const IndexFile& list : catalogue_.files()) {
          if (list.repository != repository.name) continue;
          const auto listed = verified.release.files.find(list.path);
          if (listed == verified.release.files.end())
            throw Error(Fault::verification,
                        format("its Release file does not list {}", list.path));
          if (crypto::digest_of_file(list.file) != listed->second.digest)
            throw Error(Fault::verification,
                        format("{} is not what its Release file lists", list.path));
          state.indexes.push_back({list.path, listed->second.digest, listed->second.size});
        }
        std::sort(state.indexes.begin(), state.indexes.end(),
                  [](const auto& a, const auto& b) { return a.path < b.path; });
        return state;
      });
}

void Apt::check_asked(const ResolveRequest& request) const {
  std::set<std::string> faults;
  for (const Asked& asked : request.asked)
    if (const auto fault = catalogue_.fault(asked)) faults.insert(*fault);
  if (faults.empty()) return;
  throw Error(Fault::input, joined({faults.begin(), faults.end()}, "\n"));
}

std::map<std::string, std::string> Apt::exact_sources(const ResolveRequest& request) const {
  std::map<std::string, std::string> sources;
  for (const auto* list : {&request.asked, &request.beside}) {
    for (const Asked& asked : *list) {
      if (!asked.version) continue;
      if (const auto source = catalogue_.source_of(asked.name, *asked.version))
        sources.emplace(*source, *asked.version);
    }
  }
  return sources;
}

void Apt::refuse_full_disk(const std::vector<std::string>& words) const {
  if (any_line_has(words, {no_space_left}))
    throw Error(Fault::io, format("apt cannot write below {}:\n{}", setup_.folder.string(),
                                  last_lines(words, 10)));
}

std::optional<Resolution> Apt::try_resolve(const ResolveRequest& request, const Pins& pins,
                                           std::vector<std::string>& words) const {
  os::write_file(setup_.folder / "etc" / "preferences", pin_preferences(pins));
  std::vector<std::string> arguments = {"-y", "-q", "--no-install-recommends", "--print-uris",
                                        "install"};
  if (request.essential) arguments.emplace_back("?essential");
  for (const Asked& asked : request.asked)
    arguments.push_back(asked.version ? asked.name + "=" + *asked.version : asked.name);
  words.clear();
  if (!apt_get(std::move(arguments), "resolve packages", words).ok()) {
    refuse_full_disk(words);
    return std::nullopt;
  }
  std::vector<Catalogue::Chosen> chosen;
  for (const std::string& line : words) {
    const auto printed = parse_printed_uri(line);
    if (!printed) continue;
    Catalogue::Chosen one;
    one.digest = printed->digest;
    for (std::size_t i = 0; i < chosen_urls_.size(); ++i)
      if (printed->uri.starts_with(with_slash(apt_url(listed_urls_[i]))))
        one.repositories.push_back(setup_.repositories[i].name);
    chosen.push_back(std::move(one));
  }
  Resolution resolution;
  resolution.packages = catalogue_.facts_of(chosen);
  std::sort(resolution.packages.begin(), resolution.packages.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return resolution;
}

Resolution Apt::resolve(const ResolveRequest& request) const {
  check_asked(request);
  Pins pins{.packages = {}, .sources = exact_sources(request)};
  for (const auto& [name, version] : request.pins) {
    const auto source = catalogue_.source_of(name, version);
    if (!source) continue;
    const auto exact = pins.sources.find(*source);
    if (exact == pins.sources.end() || exact->second == version ||
        !catalogue_.has(name, exact->second))
      pins.packages.emplace(name, version);
  }
  // A version that is asked for must win over a pin.
  for (const Asked& asked : request.asked)
    if (asked.version) pins.packages.erase(asked.name);

  std::vector<std::string> unpinned;
  for (;;) {
    std::vector<std::string> words;
    auto resolution = try_resolve(request, pins, words);
    if (resolution) {
      std::sort(unpinned.begin(), unpinned.end());
      resolution->unpinned = std::move(unpinned);
      return std::move(*resolution);
    }
    if (pins.packages.empty())
      throw Error(Fault::input,
                  format("apt finds no set of packages that fits:\n{}", explanation(words)));
    // What stands in the way gives way; without a hint everything does.
    std::set<std::string> yielding;
    for (const std::string& name : unmet_names(words))
      if (pins.packages.contains(name)) yielding.insert(name);
    if (yielding.empty())
      for (const auto& [name, version] : pins.packages) yielding.insert(name);
    for (const std::string& name : yielding) {
      pins.packages.erase(name);
      unpinned.push_back(name);
    }
  }
}

}  // namespace ingot::package
