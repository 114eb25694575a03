// SPDX-License-Identifier: Apache-2.0
// `ingot lock` and `ingot fetch` against a local signed archive, through the program itself.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include "base/format.hpp"
#include "base/words.hpp"
#include "lock/test_archive.hpp"
#include "os/environment.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"
#include "support/catch.hpp"
#include "support/http_server.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr const char* first_date = "Fri, 20 Nov 2020 00:12:42 UTC";
constexpr const char* second_date = "Sat, 21 Nov 2020 00:12:42 UTC";

const char* const base_layer = R"(layer: base
description: stand-in
repositories:
  - name: main
    archive: standin
    suite: stand-in
    components: [main]
    keyring: standin.gpg
    signed-by: [{}]
packages:
  - init
  - tool
build-root:
  packages: [compiler]
)";

const char* const app_layer = R"(layer: app
description: stand-in
after: [base]
requires: [base]
packages:
  - app
)";

const char* const image = R"(image: small
version: "1"
architecture: amd64
description: stand-in
profile: {gpus: none}
layers: [base, app]
formats: [tar]
)";

struct Result {
  int exit_code = 0;
  std::string text;
  bool has(const std::string& part) const { return text.find(part) != std::string::npos; }
};

/// The archive with its key, made once: making the stand-in for apt takes longest.
struct Published {
  os::TempDir temp{"ingot-lock"};
  test::SigningKey key{temp.path() / "gnupg"};
  test::TestArchive archive{temp.path() / "standin"};

  Published() {
    archive.add(test::stand_in_apt());
    archive.add({.name = "base-files", .fields = {"Essential: yes", "Pre-Depends: awk"}});
    archive.add({.name = "mawk", .fields = {"Provides: awk"}});
    archive.add({.name = "dpkg", .fields = {"Essential: yes"}});
    archive.add({.name = "init", .fields = {"Depends: libinit (>= 1.0)", "Recommends: extra"}});
    archive.add({.name = "libinit"});
    archive.add({.name = "tool"});
    archive.add({.name = "extra"});
    archive.add({.name = "app", .fields = {"Depends: libapp (= 1.0-1), libinit"}});
    archive.add({.name = "libapp"});
    archive.add({.name = "compiler", .fields = {"Depends: libinit"}});
    archive.publish(key, first_date);
  }
};

void need_tools() {
  std::string lacking = ::geteuid() == 0 ? "" : "root";
  const os::Environment environment = os::Environment::of_process();
  for (const char* tool : {"apt-get", "apt-ftparchive", "gpg", "gpgv", "dpkg-deb", "ldd"})
    if (!os::find_program(environment, tool)) lacking += format(" {}", tool);
  if (lacking.empty()) return;
  std::cout << "skipped: this machine lacks " << trimmed(lacking) << "\n";
  std::exit(77);
}

struct Fixture {
  os::TempDir temp{"ingot-lock"};
  fs::path project = temp.path() / "project";
  fs::path mirror;  ///< a copy of the archive that the test may change
  std::optional<test::TestArchive> archive;
  static const Published& published() {
    static const std::unique_ptr<Published> made = [] {
      need_tools();
      return std::make_unique<Published>();
    }();
    return *made;
  }

  Fixture() {
    const Published& all = published();
    mirror = temp.path() / "standin";
    fs::copy(all.archive.folder(), mirror, fs::copy_options::recursive);
    archive.emplace(mirror);
    write_base(format(fmt::runtime(base_layer), all.key.fingerprint()));
    os::write_file(project / "layers/app/layer.yaml", app_layer);
    os::write_file(project / "images/small.yaml", image);
    all.key.write_keyring(project / "layers/base/standin.gpg");
  }
  const test::SigningKey& key() const { return published().key; }
  void write_base(const std::string& text) const {
    os::write_file(project / "layers/base/layer.yaml", text);
  }

  Result ingot(std::vector<std::string> args, std::optional<std::string> mirror_option = {}) const {
    std::vector<std::string> all = {"-C", project.string(), "--progress", "none"};
    const std::string url = mirror_option.value_or(mirror.string());
    all.insert(all.end(), args.begin(), args.end());
    if (!url.empty()) all.insert(all.end(), {"--mirror", "standin=" + url});
    os::Command command;
    command.program = INGOT_PROGRAM;
    command.args = std::move(all);
    command.env["INGOT_CACHE"] = (temp.path() / "cache").string();
    command.env["TMPDIR"] = temp.path().string();
    const os::Outcome outcome = os::SystemRunner().run(command);
    INFO(outcome.output);
    return {outcome.exit_code, outcome.output};
  }
  std::string lock_text() const { return os::read_file(project / "images/small.lock"); }
  bool nothing_left() const {
    std::set<std::string> left;
    for (const auto& item : fs::directory_iterator(temp.path() / "cache/tmp"))
      left.insert(item.path().filename().string());
    left.erase("downloads");
    return left.empty();
  }
};

/// Everything below a folder that a program could have changed.
std::string fingerprint_of(const fs::path& folder) {
  std::string text;
  if (!fs::exists(folder)) return text;
  os::walk_tree(folder, [&](const os::TreeEntry& entry, const std::function<os::Fd()>&) {
    text += format("{} {} {} {}\n", entry.path, entry.size, entry.mtime, entry.mode);
  });
  return text;
}

std::string line_of(const std::string& text, const std::string& part, std::size_t from = 0) {
  const auto at = text.find(part, from);
  if (at == std::string::npos) return "";
  const auto start = text.rfind('\n', at) + 1;
  return text.substr(start, text.find('\n', at) - start);
}

}  // namespace

TEST_CASE("an image is locked with the target's apt, and the host's apt state stays as it is") {
  const Fixture f;
  const std::string before = fingerprint_of("/etc/apt") + fingerprint_of("/var/lib/apt");
  const Result result = f.ingot({"lock", "small"});
  INFO(result.text);
  REQUIRE(result.exit_code == 0);
  CHECK(fingerprint_of("/etc/apt") + fingerprint_of("/var/lib/apt") == before);
  CHECK(f.nothing_left());

  const std::string lock = f.lock_text();
  INFO(lock);
  CHECK(lock.find("epoch: 1605831162") != std::string::npos);
  CHECK(lock.find(f.key().fingerprint()) != std::string::npos);
  CHECK(lock.find("main/binary-amd64/Packages") != std::string::npos);
  const std::string root =
      lock.substr(lock.find("image-root:"), lock.find("build-root:") - lock.find("image-root:"));
  CHECK(line_of(root, "name: base-files,")
            .find("layer: base, essential: true, pre-depends: [mawk]") != std::string::npos);
  CHECK(line_of(root, "name: init,").find("layer: base, asked: true") != std::string::npos);
  CHECK(line_of(root, "name: libinit,").find("layer: base") != std::string::npos);
  CHECK(line_of(root, "name: libapp,").find("layer: app") != std::string::npos);
  CHECK(line_of(root, "name: extra,").empty());
  CHECK(line_of(root, "name: compiler,").empty());
  // apt is no part of an image that does not ask for it.
  CHECK(line_of(root, "name: apt,").empty());
  const std::string build_root = lock.substr(lock.find("build-root:"));
  CHECK(line_of(build_root, "name: compiler,").find("asked: true") != std::string::npos);
  CHECK(lock.find(f.temp.path().string()) == std::string::npos);

  const Result again = f.ingot({"lock", "small"});
  CHECK(again.exit_code == 0);
  CHECK(again.has("nothing changes"));
  CHECK(f.lock_text() == lock);
}

TEST_CASE("the same archive over HTTP gives the same lock, and everything is fetched from it") {
  const Fixture f;
  REQUIRE(f.ingot({"lock", "small"}).exit_code == 0);
  const std::string lock = f.lock_text();
  fs::remove(f.project / "images/small.lock");
  const test::HttpServer server([&](const test::HttpRequest& request) {
    const auto content =
        os::read_file_if_any(f.mirror / request.path.substr(std::string("/standin/").size()));
    if (content) return test::ranged(request, *content);
    test::HttpReply missing;
    missing.status = 404;
    return missing;
  });
  const Result result = f.ingot({"lock", "small"}, server.url("/standin"));
  INFO(result.text);
  REQUIRE(result.exit_code == 0);
  CHECK(f.lock_text() == lock);

  const Result fetched = f.ingot({"fetch", "small", "--locked"}, server.url("/standin"));
  INFO(fetched.text);
  CHECK(fetched.exit_code == 0);
  const Result again = f.ingot({"fetch", "small", "--offline"}, "");
  INFO(again.text);
  CHECK(again.exit_code == 0);
  CHECK(again.has(" 0 of them fetched now"));
}

TEST_CASE("files that a lock names come from a folder too") {
  const Fixture f;
  REQUIRE(f.ingot({"lock", "small"}).exit_code == 0);
  fs::remove_all(f.temp.path() / "cache");
  const Result fetched =
      f.ingot({"fetch", "small", "--offline", "--source", (f.mirror / "pool/main").string()}, "");
  INFO(fetched.text);
  CHECK(fetched.exit_code == 0);
}

TEST_CASE("an archive that is not signed as the definition says is refused") {
  const Fixture f;
  SECTION("by a key that the definition does not allow") {
    f.write_base(format(fmt::runtime(base_layer), "1111111111111111111111111111111111111111"));
  }
  SECTION("by a key that the keyring lacks") {
    const test::SigningKey other(f.temp.path() / "other");
    f.archive->publish(other, first_date);
  }
  SECTION("with a text that was altered") {
    const fs::path file = f.mirror / "dists/stand-in/InRelease";
    std::string text = os::read_file(file);
    text.replace(text.find("Suite: stand-in"), 5, "suite");
    os::write_file(file, text);
  }
  SECTION("with an index that is not the one it lists") {
    const fs::path file = f.mirror / "dists/stand-in/main/binary-amd64/Packages";
    std::string text = os::read_file(file);
    text.replace(text.find("Version: 1.0-1"), 14, "Version: 6.6-6");
    os::write_file(file, text);
  }
  SECTION("when it has expired") {
    const fs::path release = f.mirror / "dists/stand-in/Release";
    os::write_file(release,
                   "Valid-Until: Sat, 21 Nov 2020 00:12:42 UTC\n" + os::read_file(release));
    f.key().clear_sign(release, f.mirror / "dists/stand-in/InRelease");
  }
  const Result result = f.ingot({"lock", "small"});
  INFO(result.text);
  CHECK(result.exit_code == 9);
  CHECK(result.has("--mirror"));
  CHECK_FALSE(fs::exists(f.project / "images/small.lock"));
  CHECK(f.nothing_left());
}

TEST_CASE("an archive that cannot be reached is named with the way to name another") {
  const Fixture f;
  std::string closed;
  {
    const test::HttpServer brief([](const test::HttpRequest&) { return test::HttpReply{}; });
    closed = brief.url("/standin");
  }
  const Result result = f.ingot({"lock", "small"}, closed);
  INFO(result.text);
  CHECK(result.exit_code == 5);
  CHECK(result.has("repository main"));
  CHECK(result.has(closed));
  CHECK(result.has("--mirror standin=URL"));
}

TEST_CASE("a mirror that fails is left for the next one") {
  const Fixture f;
  const Result result = f.ingot({"lock", "small", "--mirror", "standin=/nowhere/standin"});
  INFO(result.text);
  CHECK(result.exit_code == 0);
}

TEST_CASE("packages that no repository has are named with the places that ask for them") {
  const Fixture f;
  os::write_file(
      f.project / "layers/app/layer.yaml",
      std::string(app_layer) + "  - compilr\n  - {name: tool, version: \"2.0\"}\n  - awk\n");
  const Result result = f.ingot({"lock", "small"});
  INFO(result.text);
  CHECK(result.exit_code == 2);
  CHECK(result.has(
      "layers/app/layer.yaml:7: package compilr is in no repository; did you mean compiler?"));
  CHECK(result.has("package tool has no version 2.0"));
  CHECK(result.has("write one of mawk"));
}

TEST_CASE("what cannot be installed together is explained in apt's words") {
  const Fixture f;
  f.archive->add({.name = "broken", .fields = {"Depends: gone (>= 3)"}});
  f.archive->publish(f.key(), second_date);
  os::write_file(f.project / "layers/app/layer.yaml", std::string(app_layer) + "  - broken\n");
  const Result result = f.ingot({"lock", "small"});
  INFO(result.text);
  CHECK(result.exit_code == 2);
  CHECK(result.has("gone"));
}

TEST_CASE("updates change what they are asked to, and print it") {
  const Fixture f;
  REQUIRE(f.ingot({"lock", "small"}).exit_code == 0);
  const std::string old_lock = f.lock_text();
  f.archive->add(
      {.name = "app", .version = "1.1-1", .fields = {"Depends: libapp (= 1.1-1), libnew"}});
  f.archive->add({.name = "libapp", .version = "1.1-1"});
  f.archive->add({.name = "libnew"});
  f.archive->add({.name = "tool", .version = "2:0.1"});
  f.archive->add({.name = "compiler", .version = "14"});
  f.archive->publish(f.key(), second_date);

  SECTION("nothing without being asked") {
    const Result result = f.ingot({"lock", "small"});
    CHECK(result.exit_code == 0);
    CHECK(result.has("nothing changes"));
    CHECK(f.lock_text() == old_lock);
  }
  SECTION("one package with what it needs") {
    const Result result = f.ingot({"lock", "--update", "app", "images/small.yaml"});
    INFO(result.text);
    CHECK(result.exit_code == 0);
    CHECK(line_of(result.text, "~ app ").find("1.0-1 -> 1.1-1") != std::string::npos);
    CHECK(line_of(result.text, "~ libapp ").find("app") != std::string::npos);
    CHECK(line_of(result.text, "+ libnew ").find("1.0-1") != std::string::npos);
    CHECK(result.has("cannot be updated alone; these had to change as well: libapp"));
    CHECK_FALSE(result.has("tool"));
    CHECK(f.lock_text().find("epoch: 1605917562") != std::string::npos);
  }
  SECTION("one package and nothing else") {
    const Result result = f.ingot({"lock", "small", "--update", "tool"});
    INFO(result.text);
    CHECK(line_of(result.text, "~ tool ").find("1.0-1 -> 2:0.1") != std::string::npos);
    CHECK_FALSE(result.has("app"));
  }
  SECTION("everything") {
    const Result result = f.ingot({"lock", "small", "--update"});
    INFO(result.text);
    CHECK(result.has("~ app "));
    CHECK(result.has("~ tool "));
    CHECK(line_of(result.text, "~ compiler ").find("build root, base") != std::string::npos);
  }
  SECTION("a package that is not locked") {
    const Result result = f.ingot({"lock", "small", "--update", "tol"});
    CHECK(result.exit_code == 2);
    CHECK(result.has("did you mean tool?"));
  }
}

TEST_CASE("versions that the mirror lost give way, and a fetch of them says what to do") {
  const Fixture f;
  REQUIRE(f.ingot({"lock", "small"}).exit_code == 0);
  fs::remove_all(f.temp.path() / "cache");
  f.archive->remove("tool", "1.0-1");
  f.archive->add({.name = "tool", .version = "1.0-2"});
  f.archive->publish(f.key(), second_date);

  const Result fetched = f.ingot({"fetch", "small"});
  INFO(fetched.text);
  CHECK(fetched.exit_code == 5);
  CHECK(fetched.has("ingot lock --update tool small"));

  const Result locked = f.ingot({"lock", "small"});
  INFO(locked.text);
  CHECK(locked.exit_code == 0);
  CHECK(locked.has("could not keep their locked versions: tool"));
  CHECK(line_of(locked.text, "~ tool ").find("1.0-1 -> 1.0-2") != std::string::npos);
  CHECK(f.ingot({"fetch", "small", "--locked"}).exit_code == 0);
}

TEST_CASE("a lock made from other definitions is refused with the command that refreshes it") {
  const Fixture f;
  const Result none = f.ingot({"fetch", "small"});
  CHECK(none.exit_code == 10);
  CHECK(none.has("ingot lock small"));
  REQUIRE(f.ingot({"lock", "small"}).exit_code == 0);
  os::write_file(f.project / "layers/app/layer.yaml", std::string(app_layer) + "  - extra\n");
  const Result stale = f.ingot({"fetch", "small", "--locked"});
  INFO(stale.text);
  CHECK(stale.exit_code == 10);
  CHECK(stale.has("ingot lock small"));
  const Result refreshed = f.ingot({"lock", "small"});
  CHECK(refreshed.has("+ extra"));
  CHECK(f.ingot({"fetch", "small", "--locked"}).exit_code == 0);
}
