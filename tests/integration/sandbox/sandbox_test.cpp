// SPDX-License-Identifier: Apache-2.0
#include "os/sandbox.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/words.hpp"
#include "os/file.hpp"
#include "os/mounts.hpp"
#include "os/tree.hpp"
#include "support/catch.hpp"
#include "support/skip.hpp"

using namespace ingot;
using namespace ingot::os;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const test::RunsOnly as_root(::geteuid() == 0, "sandboxes need root");

const Environment& environment() {
  static const Environment stand_in({}, "/", INGOT_SANDBOX_PROGRAM);
  return stand_in;
}

/// Layers on disk whose lowest has the links of a merged /usr; /usr itself is the host's, bound.
class Layers {
public:
  Layers() {
    const fs::path base = make("base");
    for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
      fs::create_directory_symlink(fs::path("usr") / name, base / name);
    }
    fs::create_directory(base / "usr");
    fs::create_directory(base / "etc");
    root.lowers = {base};
    root.binds = {{.source = "/usr", .target = "/usr"}};
  }

  fs::path make(const std::string& name) {
    fs::create_directories(folder.path() / name);
    return folder.path() / name;
  }
  void make_writable() {
    root.upper = make("upper");
    root.work = make("work");
  }
  Outcome run(const std::string& script) const { return run_command(shell(script)); }
  Outcome run_command(const Command& command) const {
    return run_in_sandbox(SystemRunner(), environment(), root, command);
  }
  static Command shell(const std::string& script) {
    return {.program = "sh", .args = {"-c", script}, .why = "try a sandbox"};
  }
  std::vector<std::string> upper_content() const {
    std::vector<std::string> paths;
    walk_tree(*root.upper, [&](const TreeEntry& entry, const auto&) {
      if (entry.path != ".") paths.push_back(entry.path);
    });
    return paths;
  }

  const TempDir folder{"sandbox test"};
  SandboxRoot root;
};

std::string fault_of(const Layers& layers, const Command& command) {
  try {
    layers.run_command(command);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::environment);
    return error.message();
  }
  return "no error";
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Processes that have `mark` among their arguments.
std::size_t processes_with(const std::string& mark) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    if (holds(line, mark)) ++count;
  }
  return count;
}

std::string mounts() { return read_file("/proc/self/mounts"); }

}  // namespace

TEST_CASE("the layers are stacked in order, and changes go to the upper", "[sandbox]") {
  Layers layers;
  for (const char* name : {"one", "two"}) {
    const fs::path lower = layers.make(name);
    fs::create_directory(lower / "etc");
    write_file(lower / "etc/name", name);
    write_file(lower / "etc" / name, name);
    layers.root.lowers.push_back(lower);
  }
  layers.make_writable();
  const std::string before = mounts();
  const Outcome outcome =
      layers.run("cat /etc/name; ls /etc | tr '\\n' ' '; rm /etc/one; echo new > /etc/fresh");
  CHECK(outcome.output == "twoname one two ");
  CHECK(outcome.ok());
  CHECK(layers.upper_content() == std::vector<std::string>{"etc", "etc/fresh", "etc/one"});
  struct stat status {};
  REQUIRE(::lstat((*layers.root.upper / "etc/one").c_str(), &status) == 0);
  CHECK(S_ISCHR(status.st_mode));
  CHECK(status.st_rdev == 0);
  CHECK(mounts() == before);

  SECTION("and a new folder over a removed one is opaque") {
    CHECK(layers.run("rm -r /etc && mkdir /etc && echo x > /etc/x").ok());
    char value = 0;
    CHECK(::getxattr((*layers.root.upper / "etc").c_str(), "user.overlay.opaque", &value, 1) == 1);
    CHECK(value == 'y');
    CHECK(layers.run("ls /etc").output == "x\n");
  }
  SECTION("and an overlay of our own reads the same tree") {
    // In a child, because the mount namespace is for ever.
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        enter_private_mounts();
        const fs::path target = layers.make("target");
        bool good = false;
        {
          const OverlayMount mount(layers.root, target);
          good = read_file(target / "etc/fresh") == "new\n" && !fs::exists(target / "etc/one") &&
                 read_file(target / "etc/two") == "two";
          try {
            write_file(target / "etc/no", "");
            good = false;
          } catch (const Error&) {
          }
        }
        good = good && fs::is_empty(target);
        ::_exit(good ? 0 : 1);
      } catch (const std::exception& error) {
        ::dprintf(2, "%s\n", error.what());
        ::_exit(2);
      }
    }
    int status_of_child = -1;
    REQUIRE(::waitpid(child, &status_of_child, 0) == child);
    CHECK(status_of_child == 0);
    CHECK(mounts() == before);
  }
}

TEST_CASE("without an upper nothing can be changed", "[sandbox]") {
  Layers layers;
  const Outcome outcome = layers.run("echo no > /etc/file");
  CHECK(outcome.exit_code != 0);
  CHECK(holds(outcome.output, "Read-only file system"));
  CHECK(layers.run("echo yes > /tmp/file && cat /tmp/file && touch /run/x").output == "yes\n");
}

TEST_CASE("an upper alone is the root itself, and mount points in it vanish", "[sandbox]") {
  Layers layers;
  layers.root.upper = layers.root.lowers.front();
  layers.root.lowers.clear();
  write_file(layers.folder.path() / "note", "hello");
  layers.root.binds.push_back(
      {.source = layers.folder.path() / "note", .target = "/opt/deep/note"});
  const auto changed = fs::last_write_time(*layers.root.upper);
  CHECK(layers.run("cat /opt/deep/note; echo x > /etc/x").output == "hello");
  CHECK(layers.upper_content() ==
        std::vector<std::string>{"bin", "etc", "etc/x", "lib", "lib64", "sbin", "usr"});
  CHECK(fs::last_write_time(*layers.root.upper) == changed);
}

TEST_CASE("mount points and binds leave no trace in the upper", "[sandbox]") {
  Layers layers;
  layers.make_writable();
  write_file(layers.folder.path() / "note", "hello");
  layers.root.binds.push_back({.source = layers.folder.path() / "note", .target = "/a/b/note"});
  layers.root.binds.push_back({.source = layers.folder.path() / "note", .target = "/run/c/note"});
  layers.root.binds.push_back(
      {.source = layers.make("shared"), .target = "/etc/shared", .access = Access::read_write});
  const Outcome outcome = layers.run(
      "cat /a/b/note /run/c/note; echo z > /etc/shared/z; echo no > /a/b/note || "
      "touch /usr/no || echo refused");
  CHECK(holds(outcome.output, "hellohello"));
  CHECK(holds(outcome.output, "refused"));
  CHECK(read_file(layers.folder.path() / "shared/z") == "z\n");
  CHECK(layers.upper_content().empty());

  SECTION("even where a whiteout hides them") {
    CHECK(layers.run("mkdir /lost; rm -r /etc").exit_code != 0);  // /etc/shared is mounted
    Layers other;
    other.make_writable();
    CHECK(other.run("rm -r /etc").ok());
    other.root.binds.push_back(layers.root.binds.at(1));
    other.root.binds.back().target = "/etc/note";
    CHECK(other.run("cat /etc/note").output == "hello");
    CHECK(other.upper_content() == std::vector<std::string>{"etc"});
    CHECK(fs::is_character_file(*other.root.upper / "etc"));
  }
}

TEST_CASE("links in a root lead nowhere outside it", "[sandbox]") {
  Layers layers;
  layers.make_writable();
  fs::create_directory_symlink(layers.folder.path() / "outside", layers.root.lowers[0] / "out");
  layers.make("outside");
  write_file(layers.folder.path() / "note", "hello");
  layers.root.binds.push_back({.source = layers.folder.path() / "note", .target = "/out/note"});
  CHECK(holds(fault_of(layers, Layers::shell("true")), "/out"));
  CHECK(fs::is_empty(layers.folder.path() / "outside"));
}

TEST_CASE("the surroundings are small and always the same", "[sandbox]") {
  Layers layers;
  CHECK(layers.run("hostname; umask; pwd; echo $$; id -u").output == "localhost\n0022\n/\n2\n0\n");
  CHECK(layers.run("ls /dev | tr '\\n' ' '; ls /dev/pts; test -e /sys/kernel && echo sys").output ==
        "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ptmx\n");
  CHECK(layers.run("echo gone > /dev/null && head -c 2 /dev/zero | wc -c; echo e > /dev/stderr")
            .output == "2\ne\n");
  CHECK(layers.run("ls -d /proc/[0-9]* | wc -l").ok());
  const Outcome network = layers.run("tail -n +3 /proc/net/dev; cat /proc/net/route | tail -n +2");
  CHECK(split(network.output, '\n').size() == 2);
  CHECK(holds(network.output, "lo:"));
  CHECK(layers.run("cat /proc/mounts").output.find("/etc/hostname") == std::string::npos);
}

TEST_CASE("root inside cannot make devices, mount or look at the host", "[sandbox]") {
  Layers layers;
  layers.make_writable();
  CHECK_FALSE(layers.run("mknod /etc/disk b 8 0").ok());
  CHECK_FALSE(layers.run("mount -t tmpfs none /etc").ok());
  CHECK_FALSE(layers.run("umount /usr").ok());
  CHECK_FALSE(layers.run("date -s 2001-01-01").ok());
  CHECK(layers.run("ls /proc/1/fd").output == "0\n1\n2\n");
  CHECK_FALSE(layers.run("ls /proc/1/root/").ok());
  CHECK(layers.run("touch /etc/f; chown 12:34 /etc/f; stat -c %u:%g /etc/f").output == "12:34\n");
}

TEST_CASE("streams, descriptors, environment, folder and exit codes pass through", "[sandbox]") {
  Layers layers;
  write_file(layers.folder.path() / "note", "hello\n");
  const Fd note = open_file(layers.folder.path() / "note", O_RDONLY);
  const Fd out = open_file(layers.folder.path() / "out", O_RDWR | O_CREAT);
  Command command = Layers::shell("cat; cat <&9; ls /proc/self/fd >&2; env >&2; pwd; exit 7");
  command.stdin_text = "fed\n";
  command.inherit = {{9, note.get()}};
  command.stdout_fd = out.get();
  command.cwd = "/etc";
  command.env = {{"PATH", "/usr/bin"}, {"A", "b c"}};
  const Outcome outcome = layers.run_command(command);
  CHECK(outcome.exit_code == 7);
  CHECK(outcome.output == "0\n1\n2\n3\n9\nA=b c\nPATH=/usr/bin\nPWD=/etc\n");
  CHECK(read_file(layers.folder.path() / "out") == "fed\nhello\n/etc\n");
  CHECK(layers.run("kill -9 $$").exit_code == 137);
  CHECK(layers.run("kill -PIPE $$").exit_code == 128 + SIGPIPE);
  CHECK(layers.run("exit 125").exit_code == 125);
}

TEST_CASE("what cannot be set up is said in one message", "[sandbox]") {
  Layers layers;
  CHECK(holds(fault_of(layers, {.program = "no-such-program"}), "no-such-program"));
  Command homeless = Layers::shell("true");
  homeless.cwd = "/no/such/folder";
  CHECK(holds(fault_of(layers, homeless), "/no/such/folder"));
  layers.root.lowers.push_back(layers.folder.path() / "absent");
  CHECK(holds(fault_of(layers, Layers::shell("true")), "absent"));
  layers.root.lowers.pop_back();
  layers.root.binds.push_back({.source = "/no/such/source", .target = "/x"});
  CHECK(holds(fault_of(layers, Layers::shell("true")), "/no/such/source"));
}

TEST_CASE("sixty layers with long paths and odd characters fit", "[sandbox]") {
  Layers layers;
  const std::string odd = std::string(180, 'x') + " a:b,c\\d=\"e";
  for (int i = 0; i < 60; ++i) {
    const fs::path lower = layers.make(odd + std::to_string(i) + "/" + odd);
    write_file(lower / ("file" + std::to_string(i)), "");
    write_file(lower / "top", std::to_string(i));
    layers.root.lowers.push_back(lower);
  }
  const char* script = "ls / | grep -c ^file; cat /top";
  CHECK(layers.run(script).output == "60\n59");
  layers.make_writable();
  CHECK(layers.run(script).output == "60\n59");
}

TEST_CASE("a chroot that is no mount does, and nothing climbs out of it", "[sandbox]") {
  Layers layers;
  const fs::path outside = layers.make("outside");
  const fs::path chroot = layers.make("chroot");
  std::string climb = "mkdir '/tmp/x'; chroot '/tmp/x' or die; chdir '..' for 1 .. 50; chroot '.';";
  climb += "print -e '" + outside.string() + "' ? 'out' : 'in'";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int code = 1;
    try {
      enter_private_mounts();
      for (const fs::directory_entry& entry : fs::directory_iterator("/")) {
        const fs::path place = chroot / entry.path().filename();
        if (entry.is_symlink()) {
          fs::copy_symlink(entry.path(), place);
        } else if (entry.is_directory()) {
          fs::create_directory(place);
          attach(copy_of_tree(entry.path()), place);
        }
      }
      if (::chroot(chroot.c_str()) == 0 && ::chdir("/") == 0) {
        code = layers.run("perl -e \"" + climb + "\" | grep -qx in").ok() ? 0 : 2;
      }
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(code);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a time limit ends everything inside", "[sandbox]") {
  Layers layers;
  layers.make_writable();
  Command command = Layers::shell("trap '' TERM; setsid sleep 4712 & sleep 4712; sleep 4712");
  command.timeout = 300ms;
  const auto start = std::chrono::steady_clock::now();
  CHECK(layers.run_command(command).timed_out);
  CHECK(std::chrono::steady_clock::now() - start < 7s);
  CHECK(processes_with("4712") == 0);
}

TEST_CASE("what a command leaves in the background ends with it", "[sandbox]") {
  Layers layers;
  CHECK(layers.run("setsid sleep 4713 > /dev/null 2>&1 & exit 0").ok());
  CHECK(processes_with("4713") == 0);
}

TEST_CASE("nothing survives a killed caller", "[sandbox]") {
  // This root has sh under /usr/bin, as a copy: the program binds nothing.
  Layers layers;
  const std::string mark = layers.folder.path().filename().string();
  const fs::path base = layers.make("whole");
  for (const char* part : {"bin", "lib", "lib64"}) {
    fs::create_directory_symlink(fs::path("usr") / part, base / part);
  }
  fs::create_directories(base / "usr/bin");
  for (const char* program : {"/usr/bin/dash", "/usr/bin/sleep"}) {
    fs::copy(program, base / "usr/bin" / fs::path(program).filename());
  }
  fs::create_symlink("dash", base / "usr/bin/sh");
  for (const char* library :
       {"/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib64/ld-linux-x86-64.so.2"}) {
    if (!fs::exists(library)) return;
    fs::create_directories((base / fs::path(library).relative_path()).parent_path());
    fs::copy_file(fs::canonical(library), base / fs::path(library).relative_path());
  }
  const fs::path log = layers.folder.path() / "log";
  const Fd output = open_file(log, O_RDWR | O_CREAT);
  Process process({.program = INGOT_SANDBOX_PROGRAM, .args = {"sleep", base.string(), mark}},
                  output);
  for (int turn = 0; turn < 500 && !holds(read_file(log), "ready"); ++turn) {
    std::this_thread::sleep_for(10ms);
  }
  REQUIRE(holds(read_file(log), "ready"));
  CHECK(processes_with("4711") > 0);
  REQUIRE(::kill(process.pid(), SIGKILL) == 0);
  for (int turn = 0; turn < 300 && processes_with("4711") > 0; ++turn) {
    std::this_thread::sleep_for(10ms);
  }
  CHECK(processes_with("4711") == 0);
}
