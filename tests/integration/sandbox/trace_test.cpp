// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <unistd.h>

#include "os/file.hpp"
#include "os/sandbox.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"

using namespace ingot;
using namespace ingot::os;
namespace fs = std::filesystem;

namespace {

const test::RunsOnly as_root(::geteuid() == 0, "sandboxes need root");

/// A tree with the programs of this machine, bound, and some files of its own.
struct Traced {
  Traced() {
    for (const char* name : {"bin", "sbin", "lib", "lib64"})
      fs::create_directory_symlink(fs::path("usr") / name, tree / name);
    for (const char* name : {"usr", "etc", "data/inner", "other"})
      fs::create_directories(tree / name);
    write_file(tree / "data/inner/file", "content\n");
    write_file(tree / "other/script", "#!/bin/sh\nread line < /data/inner/file\necho $line\n");
    fs::permissions(tree / "other/script", fs::perms::owner_all);
    fs::create_symlink("../data/inner", tree / "other/link");
  }

  PathTrace of(const std::string& script) const {
    PathTrace trace;
    const Environment environment({}, "/", INGOT_SANDBOX_PROGRAM);
    outcome = run_in_sandbox(SystemRunner(), environment,
                             {.lowers = {tree},
                              .upper = tree.parent_path() / "upper",
                              .work = tree.parent_path() / "work",
                              .binds = {{.source = "/usr", .target = "/usr"}}},
                             {.program = "/bin/sh", .args = {"-c", script}, .why = "try a trace"},
                             &trace);
    return trace;
  }

  const TempDir folder{"trace test"};
  const fs::path tree = made("tree");
  const fs::path upper = made("upper");
  const fs::path work = made("work");
  mutable Outcome outcome;

private:
  fs::path made(const char* name) const {
    fs::create_directory(folder.path() / name);
    return folder.path() / name;
  }
};

std::optional<PathUse> use_of(const PathTrace& trace, const std::string& path) {
  const auto found = trace.paths.find(path);
  return found == trace.paths.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

TEST_CASE("a trace has what was read, looked for, listed and executed", "[sandbox]") {
  const Traced traced;
  const PathTrace trace = traced.of(
      "cat /data/inner/file; test -e /etc/missing; cd /other; echo *; exec ./script; ls /etc");
  CHECK(traced.outcome.output == "content\nlink script\ncontent\n");
  CHECK(trace.gap.empty());
  CHECK(use_of(trace, "/data/inner/file") == PathUse::opened);
  CHECK(use_of(trace, "/etc/missing") == PathUse::looked);
  CHECK(use_of(trace, "/other") == PathUse::opened);
  CHECK(use_of(trace, "/other/script").has_value());
  CHECK(use_of(trace, "/etc") == std::nullopt);
  // What the kernel opens itself.
  CHECK(use_of(trace, "/bin/sh").has_value());
  CHECK(use_of(trace, "/lib64/ld-linux-x86-64.so.2").has_value());
}

TEST_CASE("a trace has where links lead, and those of the command's own making", "[sandbox]") {
  const Traced traced;
  const PathTrace trace = traced.of(
      "cat /other/link/file; ln -s /data /tmp/a; cat /tmp/a/inner/file; ln -s /data /etc/b; "
      "test -e /etc/b/none; test -e /proc/self/root/other/gone");
  CHECK(trace.gap.empty());
  CHECK(use_of(trace, "/other/link/file") == PathUse::opened);
  CHECK(use_of(trace, "/data/inner/file") == PathUse::opened);
  CHECK(use_of(trace, "/etc/b/none").has_value());
  CHECK(use_of(trace, "/data/none").has_value());
  CHECK(use_of(trace, "/other/gone").has_value());
  for (const auto& [path, use] : trace.paths) {
    CAPTURE(path);
    CHECK_FALSE(path.starts_with("/tmp/"));
    CHECK_FALSE(path.starts_with("/proc/"));
  }
}

TEST_CASE("tracing changes neither exit codes nor signals", "[sandbox]") {
  const Traced traced;
  traced.of("exit 7");
  CHECK(traced.outcome.exit_code == 7);
  traced.of("kill -TERM $$");
  CHECK(traced.outcome.exit_code == 128 + 15);
  traced.of(
      "trap 'echo caught' USR1; kill -USR1 $$; (sleep 0.05; kill -STOP $$; kill -CONT $$) & "
      "wait; echo end");
  CHECK(traced.outcome.output == "caught\nend\n");
  traced.of("sleep 1000 & exit 0");
  CHECK(traced.outcome.exit_code == 0);
}

TEST_CASE("a root inside what the command made is not traced, another one is a gap", "[sandbox]") {
  const Traced traced;
  CHECK(traced.of("mkdir /tmp/r; chroot /tmp/r /none; test -e /etc/x").gap.empty());
  CHECK(traced.of("chroot /usr /bin/true").gap == "a program changed its root");
}

TEST_CASE("descriptors of the trace are out of the command's reach", "[sandbox]") {
  const Traced traced;
  traced.of("ls /proc/self/fd | tr '\\n' ' '");
  CHECK(traced.outcome.output == "0 1 2 3 ");  // 3 is ls's own
}
