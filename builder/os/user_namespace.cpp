// SPDX-License-Identifier: Apache-2.0
#include "os/user_namespace.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "os/process.hpp"

namespace ingot::os {
namespace {

/// Ids of a Debian system end at 65534 (nobody); 0 is the user.
constexpr std::uint32_t needed_ids = 65535;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string name_of(uid_t user) {
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return entry.pw_name;
  }
  return format("{}", user);
}

std::string read_or_empty(const std::string& path) {
  try {
    return read_file(path);
  } catch (const Error&) {
    return {};
  }
}

bool setting_is(const std::string& name, std::string_view value) {
  return trimmed(read_or_empty("/proc/sys/" + name)) == value;
}

/// One of the two maps: which file gives the ids, which program hands them out, which own id is 0.
struct IdMap {
  const char* file;
  const char* program;
  std::uint32_t own;
};

std::string range_advice(const IdMap& map, const std::string& name) {
  return format(
      "{0} gives {1} no {2} ids; as root, run: usermod --add-subuids 100000-165535 "
      "--add-subgids 100000-165535 {1}",
      map.file, name, needed_ids);
}

Command map_command(const Environment& environment, const IdMap& map, pid_t process,
                    const std::string& name) {
  const auto range = subordinate_range(read_or_empty(map.file), name, ::getuid());
  if (!range || range->count < needed_ids) {
    throw Error(Fault::environment, range_advice(map, name));
  }
  const auto program = find_program(environment, map.program);
  if (!program) {
    throw Error(Fault::environment,
                format("{} is missing; as root, run: apt-get install uidmap", map.program));
  }
  Command command;
  command.program = program->string();
  command.args = {
      format("{}", process),   "0", format("{}", map.own), "1", "1", format("{}", range->first),
      format("{}", needed_ids)};
  command.why = "hand out the ids of " + name;
  return command;
}

/// Runs the two programs on behalf of a process that is in the new namespace already, and so can
/// no longer do it. Lives outside until it is told to start; an empty answer is success.
class Mapper {
public:
  explicit Mapper(const std::vector<Command>& commands) {
    auto [start_reader, start_writer] = pipe_ends();
    auto [answer_reader, answer_writer] = pipe_ends();
    child_ = ::fork();
    if (child_ < 0) throw_errno("starting a process");
    if (child_ == 0) {
      start_writer.reset();
      answer(commands, start_reader, answer_writer);
    }
    start_ = std::move(start_writer);
    answer_ = std::move(answer_reader);
  }
  Mapper(const Mapper&) = delete;
  Mapper& operator=(const Mapper&) = delete;
  ~Mapper() {
    start_.reset();
    while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  std::string run() {
    const std::array<std::uint8_t, 1> word{1};
    write_all(start_.get(), word, "a pipe");
    std::string text;
    std::array<std::uint8_t, 4096> buffer;
    while (const std::size_t got = read_some(answer_.get(), buffer, "a pipe")) {
      text.append(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
    }
    return text;
  }

private:
  static std::pair<Fd, Fd> pipe_ends() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("making a pipe");
    return {Fd(ends[0]), Fd(ends[1])};
  }

  [[noreturn]] static void answer(const std::vector<Command>& commands, const Fd& start,
                                  const Fd& answer) {
    try {
      std::array<std::uint8_t, 1> word;
      if (read_some(start.get(), word, "a pipe") == 0) ::_exit(0);
      for (const Command& command : commands) require(SystemRunner(), command);
    } catch (const std::exception& error) {
      const std::string_view text = error.what();
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
      if (::write(answer.get(), bytes, text.size()) < 0) ::_exit(1);
    }
    ::_exit(0);
  }

  pid_t child_ = -1;
  Fd start_;
  Fd answer_;
};

}  // namespace

std::optional<IdRange> subordinate_range(std::string_view text, std::string_view name, uid_t user) {
  std::optional<IdRange> best;
  const std::string as_number = format("{}", user);
  for (const std::string_view line : split(text, '\n')) {
    const auto words = split(line, ':');
    if (words.size() != 3 || (words[0] != name && words[0] != as_number)) continue;
    const auto first = number(trimmed(words[1]));
    const auto count = number(trimmed(words[2]));
    if (!first || !count) continue;
    if (!best || *count > best->count) best = IdRange{*first, *count};
  }
  return best;
}

std::string why_no_user_namespace() {
  if (setting_is("kernel/unprivileged_userns_clone", "0"))
    return "as root, run: sysctl kernel.unprivileged_userns_clone=1";
  if (setting_is("user/max_user_namespaces", "0"))
    return "as root, run: sysctl user.max_user_namespaces=15000";
  if (setting_is("kernel/apparmor_restrict_unprivileged_userns", "1"))
    return "as root, run: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give ingot an "
           "AppArmor profile that has 'userns,'";
  return "a chroot or a container's seccomp profile may forbid it; build as root there";
}

void enter_user_namespace(const Environment& environment) {
  const uid_t user = ::geteuid();
  if (user == 0) return;
  const std::string name = name_of(user);
  const pid_t self = ::getpid();
  std::vector<Command> commands;
  for (const IdMap& map :
       {IdMap{"/etc/subuid", "newuidmap", user}, IdMap{"/etc/subgid", "newgidmap", ::getegid()}}) {
    commands.push_back(map_command(environment, map, self, name));
  }
  Mapper mapper(commands);
  if (::unshare(CLONE_NEWUSER) != 0) {
    throw Error(Fault::environment,
                format("{} may not make a user namespace ({}); {}", name,
                       std::generic_category().message(errno), why_no_user_namespace()));
  }
  const std::string fault = mapper.run();
  if (!fault.empty()) {
    throw Error(Fault::environment, "the user namespace got no ids: " + fault);
  }
  if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0 || ::setgroups(0, nullptr) != 0) {
    throw_errno("becoming root of the user namespace");
  }
}

}  // namespace ingot::os
