// SPDX-License-Identifier: Apache-2.0
// The real program lists, prints and compares releases: what it says, and its exit codes.
#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "os/process.hpp"
#include "support/catch.hpp"
#include "support/tar_text.hpp"
#include "support/tiny_release.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct Said {
  int code = 0;
  std::string out;
  std::string err;
};

Said say_to(int fd, const std::vector<std::string>& arguments) {
  os::Command command;
  command.program = INGOT_PROGRAM;
  command.args = arguments;
  command.stdout_fd = fd;
  const os::Outcome outcome = os::SystemRunner().run(command);
  return {outcome.exit_code, {}, outcome.output};
}

Said say(const std::vector<std::string>& arguments) {
  const os::TempDir temp("readers");
  const fs::path file = temp.path() / "out";
  const os::Fd fd = os::open_file(file, O_WRONLY | O_CREAT);
  Said said = say_to(fd.get(), arguments);
  said.out = os::read_file(file);
  return said;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Releases {
  os::TempDir temp{"readers"};
  test::TinyRelease a{temp.path(), "a"};
  test::TinyRelease b{temp.path(), "b"};

  Releases() {
    b.put("etc/F\xc5\x91 \x1b[31m\xff", "strange name");
    b.put("etc/hostname", "other\n");
    b.put_module("updates/nvidia.ko", "550");
    b.packages = "tool\t1.1-1\tamd64\n";
    a.build();
    b.build();
  }
};

std::string at(const fs::path& path) { return path.string(); }

}  // namespace

TEST_CASE("ls lists folders, files and everything, of a release and its parts") {
  const Releases releases;
  const std::string a = at(releases.a.folder);
  CHECK(say({"ls", a}).out == "bin\nboot\netc\nusr\nvar\n");
  CHECK(say({"ls", a, "/bin"}).out == "a second name\ntool\n");
  CHECK(say({"ls", a, "-l", "/bin"}).out.ends_with(" /bin -> usr/bin\n"));
  CHECK(say({"ls", a, "/etc/circle"}).out == "/etc/circle\n");
  const Said all = say({"ls", a, "-lR"});
  CHECK(all.code == 0);
  CHECK(holds(all.out, "-rwxr-xr-x"));
  CHECK(holds(all.out, "2023-11-14T22:13:20Z /usr/bin/tool\n"));
  for (const fs::path& part : {releases.a.tar(), releases.a.list()})
    CHECK(say({"ls", at(part), "-lR"}).out == all.out);
}

TEST_CASE("ls shows strange names so that cat takes them back") {
  const Releases releases;
  const std::string b = at(releases.b.folder);
  CHECK(holds(say({"ls", b, "/etc"}).out, "F\xc5\x91 \\033[31m\\377\n"));
  CHECK(say({"cat", b, "/etc/F\xc5\x91 \\033[31m\\377"}).out == "strange name");
  const auto json = nlohmann::json::parse(say({"ls", b, "/etc", "--json"}).out);
  CHECK(json["schema"] == "ingot/files/v1");
  CHECK(json["files"][0]["pathHex"] == "2f6574632f46c591201b5b33316dff");
}

TEST_CASE("an unknown path is bad input with a suggestion") {
  const Releases releases;
  for (const std::string verb : {"ls", "cat"}) {
    const Said said = say({verb, at(releases.a.folder), "/bin/tol"});
    CHECK(said.code == 2);
    CHECK(said.out.empty());
    CHECK(holds(said.err, "did you mean /usr/bin/tool?"));
  }
  CHECK(say({"ls", at(releases.temp.path() / "nothing")}).code == 2);
}

TEST_CASE("cat prints the very bytes, through links of the tree and never out of it") {
  const Releases releases;
  const std::string a = at(releases.a.folder);
  const std::string binary = os::read_file(releases.a.tree / "usr/bin/tool");
  for (const char* path : {"/usr/bin/tool", "bin/a second name", "/etc/absolute"}) {
    const Said said = say({"cat", a, path});
    CHECK(said.code == 0);
    CHECK(said.out == binary);
  }
  CHECK(say({"cat", a, "/etc/out"}).out == "node\n");
  CHECK(say({"cat", a, "/etc/circle"}).code == 2);
  CHECK(say({"cat", a, "/etc"}).code == 2);
  CHECK(say({"cat", at(releases.a.list()), "/etc/hostname"}).code == 2);
}

TEST_CASE("cat of content that is not what the list says fails the verification") {
  const Releases releases;
  releases.a.put("etc/hostname", "evil\n");
  releases.a.write_tar();
  const Said said = say({"cat", at(releases.a.folder), "/etc/hostname"});
  CHECK(said.code == 9);
  CHECK(holds(said.err, "/etc/hostname is not what the file list says"));
  CHECK(say({"cat", at(releases.a.folder), "/usr/bin/tool"}).code == 0);
}

TEST_CASE("a reader that has enough is no failure, a full disk is one") {
  const Releases releases;
  const std::string a = at(releases.a.folder);
  const std::string b = at(releases.b.folder);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  const os::Fd closed(ends[1]);
  const os::Fd full = os::open_file("/dev/full", O_WRONLY);
  CHECK(say_to(closed.get(), {"cat", a, "/usr/bin/tool"}).code == 0);
  CHECK(say_to(closed.get(), {"ls", a, "-R"}).code == 0);
  CHECK(say_to(closed.get(), {"diff", a, b}).code == 10);
  CHECK(say_to(full.get(), {"cat", a, "/usr/bin/tool"}).code == 6);
  CHECK(say_to(full.get(), {"ls", a}).code == 6);
  CHECK(say_to(full.get(), {"diff", a, b}).code == 6);
}

TEST_CASE("diff says 0 for equal releases and 10 for others") {
  const Releases releases;
  const std::string a = at(releases.a.folder);
  const std::string b = at(releases.b.folder);
  CHECK(say({"diff", a, a}).code == 0);
  CHECK(say({"diff", at(releases.a.tar()), a, "--only", "files,units"}).code == 0);
  CHECK(say({"diff", a, b, "--only", "units"}).code == 0);
  const Said said = say({"diff", a, b});
  CHECK(said.code == 10);
  for (const char* part :
       {"~ tool 1.0-1 -> 1.1-1", "- other 2.0", "+ nvidia: version 550, not signed, updates/",
        "~ /etc/hostname: size 5 bytes -> 6 bytes, content", "equal: units, kernel-config"})
    CHECK(holds(said.out, part));
  CHECK_FALSE(holds(said.out, "\x1b"));
  CHECK_FALSE(holds(said.out, "build.log"));
  const std::vector<std::string> ignoring = {
      "diff", a, b, "--only", "files,modules", "--ignore", "/etc/*", "--ignore", "*/updates"};
  CHECK(say(ignoring).code == 0);
}

TEST_CASE("diff's JSON is whole and says the same") {
  const Releases releases;
  const Said said = say({"diff", at(releases.a.folder), at(releases.b.folder), "--json"});
  CHECK(said.code == 10);
  const auto json = nlohmann::json::parse(said.out);
  CHECK(json["schema"] == "ingot/diff/v1");
  CHECK(json["equal"] == false);
  CHECK(json["a"]["image"] == "a");
  CHECK(json["packages"][1]["direction"] == "newer");
  CHECK(json["modules"]["changes"][0]["b"]["version"] == "550");
  CHECK(json["files"]["counts"]["added"] == 3);
  for (const char* key : {"units", "kernelConfig", "sizes", "formats", "kernelLine", "agreement"})
    CHECK(json.contains(key));
  const Said equal = say({"diff", at(releases.a.folder), at(releases.a.folder), "--json"});
  CHECK(nlohmann::json::parse(equal.out)["equal"] == true);
}

TEST_CASE("diff refuses what it cannot compare") {
  const Releases releases;
  const std::string a = at(releases.a.folder);
  CHECK(say({"diff", a, a, "--only", "filse"}).code == 2);
  CHECK(holds(say({"diff", a, a, "--only", "filse"}).err, "did you mean files?"));
  CHECK(say({"diff", a, at(releases.a.tar()), "--only", "formats"}).code == 2);
  CHECK(say({"diff", a, at(releases.temp.path() / "nothing")}).code == 2);
  const fs::path hostile = releases.temp.path() / "hostile.tar";
  os::write_file(hostile, test::tar_of({{"etc/../../x", '0', "x"}}));
  CHECK(say({"diff", a, at(hostile)}).code == 9);
  CHECK(say({"ls", at(hostile)}).code == 9);
}
