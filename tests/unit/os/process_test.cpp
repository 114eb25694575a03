// SPDX-License-Identifier: Apache-2.0
#include "os/process.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;
using namespace std::chrono_literals;

namespace {

Command shell(const std::string& script) {
  return {.program = "sh", .args = {"-c", script}, .why = "try something"};
}

Outcome run(const Command& command) { return SystemRunner().run(command); }

bool alive(const std::string& pid) { return ::kill(std::stoi(pid), 0) == 0; }

bool gone_soon(const std::string& pid) {
  for (int turn = 0; turn < 200 && alive(pid); ++turn) std::this_thread::sleep_for(10ms);
  return !alive(pid);
}

}  // namespace

TEST_CASE("a program's lines, exit code and output are reported", "[os]") {
  std::vector<std::string> lines;
  Command command = shell("echo one; echo two >&2; printf three; exit 3");
  command.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  const Outcome outcome = run(command);
  CHECK(outcome.exit_code == 3);
  CHECK(outcome.signal == 0);
  CHECK_FALSE(outcome.ok());
  CHECK(lines == std::vector<std::string>{"one", "two", "three"});
  CHECK(outcome.tail == lines);
  CHECK(outcome.output == "one\ntwo\nthree");
}

TEST_CASE("only the last twenty lines and the first MiB are kept", "[os]") {
  const Outcome outcome = run(shell("seq 1 300000"));
  CHECK(outcome.ok());
  REQUIRE(outcome.tail.size() == 20);
  CHECK(outcome.tail.front() == "299981");
  CHECK(outcome.tail.back() == "300000");
  CHECK(outcome.output.size() == 1024 * 1024);
}

TEST_CASE("a line without end comes in pieces", "[os]") {
  std::size_t pieces = 0;
  std::size_t bytes = 0;
  Command command = shell("head -c 200000 /dev/zero; echo; echo end");
  command.on_line = [&](std::string_view line) {
    ++pieces;
    bytes += line.size();
  };
  CHECK(run(command).ok());
  CHECK(pieces == 5);
  CHECK(bytes == 200003);
}

TEST_CASE("a signal ends as 128 plus its number", "[os]") {
  const Outcome outcome = run(shell("kill -9 $$"));
  CHECK(outcome.signal == 9);
  CHECK(outcome.exit_code == 137);
}

TEST_CASE("a program gets its standard input, environment and folder, and no more", "[os]") {
  Command command = shell("cat; pwd; env | sort");
  command.stdin_text = "fed\n";
  command.cwd = "/usr";
  command.env = {{"PATH", "/usr/bin:/bin"}, {"ONLY", "this one"}};
  const Outcome outcome = run(command);
  CHECK(outcome.output == "fed\n/usr\nONLY=this one\nPATH=/usr/bin:/bin\nPWD=/usr\n");
  CHECK(run(shell("cat")).output.empty());
}

TEST_CASE("standard output can go elsewhere, untouched", "[os]") {
  const TempDir folder("process-test");
  const Fd file = open_file(folder.path() / "out", O_WRONLY | O_CREAT);
  Command command = shell("printf 'a\\0b'; echo seen >&2");
  command.stdout_fd = file.get();
  const Outcome outcome = run(command);
  CHECK(outcome.output == "seen\n");
  CHECK(read_file(folder.path() / "out") == std::string("a\0b", 3));
}

TEST_CASE("descriptors are inherited under their numbers, crosswise too, and no others", "[os]") {
  const TempDir folder("process-test");
  write_file(folder.path() / "a", "content a\n");
  write_file(folder.path() / "b", "content b\n");
  const Fd a = open_file(folder.path() / "a", O_RDONLY);
  const Fd b = open_file(folder.path() / "b", O_RDONLY);
  const Fd leaked(::open("/dev/null", O_RDONLY));  // on purpose without O_CLOEXEC
  Command command = shell("cat <&" + std::to_string(a.get()) + "; cat <&" +
                          std::to_string(b.get()) + "; ls /proc/$$/fd; true");
  command.inherit = {{a.get(), b.get()}, {b.get(), a.get()}};
  const Outcome outcome = run(command);
  std::string expected = "content b\ncontent a\n0\n1\n2\n";
  expected += std::to_string(std::min(a.get(), b.get())) + "\n";
  expected += std::to_string(std::max(a.get(), b.get())) + "\n";
  CHECK(outcome.output == expected);
}

TEST_CASE("a program over its time is ended with its whole group", "[os]") {
  Command command = shell("sleep 60 & echo $!; sleep 60");
  command.timeout = 200ms;
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = run(command);
  CHECK(outcome.timed_out);
  CHECK_FALSE(outcome.ok());
  CHECK(std::chrono::steady_clock::now() - start < 4s);
  REQUIRE(outcome.tail.size() == 1);
  CHECK(gone_soon(outcome.tail[0]));
}

TEST_CASE("what a program leaves running in its group is killed", "[os]") {
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = run(shell("sleep 60 & echo $!"));
  CHECK(outcome.ok());
  CHECK(std::chrono::steady_clock::now() - start < 4s);
  REQUIRE(outcome.tail.size() == 1);
  CHECK(gone_soon(outcome.tail[0]));
}

TEST_CASE("a listener that throws ends the program", "[os]") {
  Command command = shell("echo $$; sleep 60");
  std::string pid;
  command.on_line = [&](std::string_view line) {
    pid = line;
    throw Error(Fault::input, "enough");
  };
  CHECK_THROWS_AS(run(command), Error);
  CHECK(gone_soon(pid));
}

TEST_CASE("what a program and its children used is counted", "[os]") {
  const Outcome outcome =
      run(shell("sh -c 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done'; true"));
  CHECK(outcome.usage.cpu > 10ms);
  CHECK(outcome.usage.cpu < 60s);
  CHECK(outcome.usage.peak_memory.count > 100'000);
}

TEST_CASE("signals that we ignore are not ignored in programs", "[os]") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  CHECK(run(shell("kill -PIPE $$")).signal == SIGPIPE);
  std::signal(SIGPIPE, before);
}

TEST_CASE("a program that is not there is the environment's fault", "[os]") {
  const auto message_of = [](const Command& command) {
    try {
      run(command);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::environment);
      return error.message();
    }
    return std::string();
  };
  CHECK(message_of({.program = "no-such-program"}).find("not found") != std::string::npos);
  CHECK(message_of({.program = "/no/such/program"}).find("/no/such/program") != std::string::npos);
  Command homeless = shell("true");
  homeless.cwd = "/no/such/folder";
  CHECK(message_of(homeless).find("/no/such/folder") != std::string::npos);
}

TEST_CASE("require names why, what, how it ended and the last lines", "[os]") {
  CHECK(require(SystemRunner(), shell("echo fine")).output == "fine\n");
  try {
    require(SystemRunner(), shell("echo broken; exit 4"), Fault::io);
    FAIL("no exception");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
    CHECK(error.message() == "cannot try something: sh exited with code 4\n  | broken");
  }
}

TEST_CASE("a background program is polled, waited for and stopped", "[os]") {
  const Fd null = open_file("/dev/null", O_WRONLY);
  SECTION("until it ends by itself") {
    Process process(shell("exit 5"), null);
    const std::optional<Outcome> outcome = process.wait(10s);
    REQUIRE(outcome);
    CHECK(outcome->exit_code == 5);
    REQUIRE(process.poll());
    CHECK(process.poll()->exit_code == 5);
  }
  SECTION("or until we end it") {
    Process process(shell("sleep 60"), null);
    CHECK_FALSE(process.poll());
    CHECK_FALSE(process.wait(20ms));
    process.stop();
    REQUIRE(process.poll());
    CHECK(process.poll()->signal == SIGTERM);
  }
  SECTION("and its destructor ends it") {
    pid_t pid = -1;
    {
      Process first(shell("sleep 60"), null);
      Process process(std::move(first));
      pid = process.pid();
    }
    CHECK(::kill(pid, 0) != 0);
  }
  SECTION("and it does not outlive the thread that started it, nor us when we are killed") {
    std::optional<Process> process;
    std::thread([&] { process.emplace(shell("sleep 60"), null); }).join();
    const auto outcome = process->wait(5s);
    REQUIRE(outcome);
    CHECK(outcome->signal == SIGKILL);
  }
}
