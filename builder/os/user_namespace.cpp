// SPDX-License-Identifier: Apache-2.0
#include "os/user_namespace.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "os/child.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "os/process.hpp"

namespace ingot::os {
namespace {

constexpr std::string_view making = "make a user namespace";
constexpr std::string_view mounting = "mount in a user namespace";
constexpr std::chrono::seconds trial_limit{5};

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string read_or_empty(const std::string& path) {
  try {
    return read_file(path);
  } catch (const Error&) {
    return {};
  }
}

std::string setting(const std::string& name) {
  return std::string(trimmed(read_or_empty("/proc/sys/" + name)));
}

/// A range of a line "name:first:count", and the name.
std::optional<std::pair<std::string, IdRange>> range_of(std::string_view line) {
  const auto words = split(line, ':');
  if (words.size() != 3) return std::nullopt;
  const auto first = number(trimmed(words[1]));
  const auto count = number(trimmed(words[2]));
  if (!first || !count) return std::nullopt;
  return std::pair(words[0], IdRange{*first, *count});
}

/// newuidmap is set-user-ID in Debian; other distributions give it a capability.
bool may_write_maps(const std::filesystem::path& program) {
  struct stat status {};
  if (::stat(program.c_str(), &status) != 0) return false;
  const bool set_user_id = (status.st_mode & S_ISUID) != 0 && status.st_uid == 0;
  struct statvfs mount {};
  const bool honoured = ::statvfs(program.c_str(), &mount) == 0 && (mount.f_flag & ST_NOSUID) == 0;
  return honoured &&
         (set_user_id || ::getxattr(program.c_str(), "security.capability", nullptr, 0) > 0);
}

/// The root of a chroot is no mount, unless someone mounted it for that.
bool in_chroot() {
  struct statx status {};
  return ::statx(AT_FDCWD, "/", 0, STATX_BASIC_STATS, &status) == 0 &&
         (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
         (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0;
}

bool has_seccomp_filter() {
  for (const std::string& line : split(read_or_empty("/proc/self/status"), '\n')) {
    if (line.starts_with("Seccomp:")) return trimmed(line.substr(8)) == "2";
  }
  return false;
}

Command map_command(const IdSource& source, pid_t process, const Caller& who) {
  Command command;
  command.program = source.found.value().string();
  command.args = {format("{}", process),
                  "0",
                  format("{}", source.own),
                  "1",
                  "1",
                  format("{}", source.range.value().first),
                  format("{}", needed_ids)};
  command.why = "hand out the ids of " + who.name;
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
    const auto given = range_of(line);
    if (!given || (given->first != name && given->first != as_number)) continue;
    if (!best || given->second.count > best->count) best = given->second;
  }
  return best;
}

std::uint32_t first_free_id(std::string_view text) {
  std::uint32_t free = 100000;
  for (const std::string_view line : split(text, '\n')) {
    const auto given = range_of(line);
    if (!given) continue;
    const std::uint64_t behind = std::uint64_t{given->second.first} + given->second.count;
    if (behind < UINT32_MAX - needed_ids) free = std::max(free, static_cast<std::uint32_t>(behind));
  }
  return free;
}

std::vector<IdSource> id_sources(const Environment& environment, const Caller& who) {
  std::vector<IdSource> sources(2);
  sources[0] = {.file = "/etc/subuid",
                .program = "newuidmap",
                .own = who.user,
                .range = {},
                .first_free = 0,
                .found = {}};
  sources[1] = {.file = "/etc/subgid",
                .program = "newgidmap",
                .own = who.group,
                .range = {},
                .first_free = 0,
                .found = {}};
  for (IdSource& source : sources) {
    const std::string text = read_or_empty(source.file);
    source.range = subordinate_range(text, who.name, who.user);
    source.first_free = first_free_id(text);
    source.found = find_program(environment, source.program);
    source.privileged = source.found && may_write_maps(*source.found);
  }
  return sources;
}

std::optional<Lack> range_lack(const std::vector<IdSource>& sources, const Caller& who) {
  std::vector<std::string> files;
  std::uint32_t first = 0;
  for (const IdSource& source : sources) {
    first = std::max(first, source.first_free);
    if (!source.range || source.range->count < needed_ids) files.push_back(source.file);
  }
  if (files.empty()) return std::nullopt;
  return Lack{
      format("{} {} {} no {} ids", joined(files, " and "), files.size() == 1 ? "gives" : "give",
             who.name, needed_ids),
      format("as root, run: usermod --add-subuids {0}-{1} --add-subgids {0}-{1} {2} (or add "
             "the line {2}:{0}:65536 to /etc/subuid and /etc/subgid)",
             first, first + 65535, who.name)};
}

std::optional<Lack> program_lack(const std::vector<IdSource>& sources) {
  for (const IdSource& source : sources) {
    if (!source.found) return Lack{source.program + " is missing", install_command("uidmap")};
  }
  for (const IdSource& source : sources) {
    if (source.privileged) continue;
    return Lack{format("{} is neither set-user-ID root nor has it a capability, or lies on a file "
                       "system mounted nosuid",
                       source.found->string()),
                "as root, run: apt-get install --reinstall uidmap"};
  }
  return std::nullopt;
}

NamespaceSettings namespace_settings() {
  return {.unprivileged_clone = setting("kernel/unprivileged_userns_clone"),
          .maximum = setting("user/max_user_namespaces"),
          .apparmor = setting("kernel/apparmor_restrict_unprivileged_userns"),
          .chroot = in_chroot(),
          .seccomp = has_seccomp_filter()};
}

Lack namespace_lack(const Caller& who, std::string_view doing, int error,
                    const NamespaceSettings& settings) {
  Lack lack{format("{} may not {}: {}", who.name, doing, std::generic_category().message(error)),
            {}};
  const auto because = [&](const char* why, std::string fix) {
    lack.what += std::string(", for ") + why;
    lack.fix = std::move(fix);
    return lack;
  };
  if (settings.unprivileged_clone == "0")
    return because("kernel.unprivileged_userns_clone is 0",
                   "as root, run: sysctl -w kernel.unprivileged_userns_clone=1");
  if (settings.maximum == "0")
    return because("user.max_user_namespaces is 0",
                   "as root, run: sysctl -w user.max_user_namespaces=15000");
  if (settings.chroot)
    return because("the kernel allows none in a chroot",
                   "build as root there, or enter that root with pivot_root, as containers do");
  if (settings.seccomp)
    return because("a filter of system calls holds here, as in containers",
                   "build as root in the container, or start it with a seccomp profile that allows "
                   "unshare and mount (--security-opt seccomp=unconfined)");
  if (settings.apparmor == "1")
    return because(
        "AppArmor restricts user namespaces",
        "as root, run: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give "
        "ingot an AppArmor profile that has 'userns,'");
  if (error == ENOSPC || error == EUSERS)
    return because("there are too many already, or they are nested too deep",
                   "as root, run: sysctl -w user.max_user_namespaces=15000");
  if (error == EINVAL || error == ENOSYS)
    return because("the kernel is built without them",
                   "build as root, or with a kernel that has CONFIG_USER_NS");
  lack.fix = "a chroot or a container may forbid it; build as root there";
  return lack;
}

std::optional<Lack> mapping_lack(std::string_view uid_map) {
  std::uint64_t mapped = 0;
  for (const std::string& line : split(uid_map, '\n')) {
    const std::string_view text = trimmed(line);
    const auto space = text.find_last_of(" \t");
    if (space != std::string_view::npos) mapped += number(text.substr(space + 1)).value_or(0);
  }
  // Without /proc nothing is known.
  if (mapped == 0 || mapped >= needed_ids) return std::nullopt;
  return Lack{
      format("root of this user namespace has {} ids, and files of an image have many owners",
             mapped),
      "run ingot outside of it, as the user you are there: it makes a namespace of its own"};
}

std::optional<Lack> try_user_namespace(const Caller& who) {
  const NamespaceSettings settings = namespace_settings();
  const auto said = [](const Lack& lack) { return lack.what + "\n" + lack.fix; };
  std::string text;
  try {
    text = in_child(
        [&] {
          if (::unshare(CLONE_NEWUSER) != 0)
            return said(namespace_lack(who, making, errno, settings));
          if (::unshare(CLONE_NEWNS) != 0)
            return said(namespace_lack(who, mounting, errno, settings));
          return std::string();
        },
        trial_limit);
  } catch (const Error& error) {
    return Lack{error.message(), {}};
  }
  if (text.empty()) return std::nullopt;
  const auto line = text.find('\n');
  return Lack{text.substr(0, line), text.substr(line + 1)};
}

void enter_user_namespace(const Environment& environment) {
  const Caller who = caller();
  if (who.is_root()) {
    if (const auto lack = mapping_lack(read_or_empty("/proc/self/uid_map"))) throw error_of(*lack);
    return;
  }
  const std::vector<IdSource> sources = id_sources(environment, who);
  if (const auto lack = range_lack(sources, who)) throw error_of(*lack);
  if (const auto lack = program_lack(sources)) throw error_of(*lack);
  std::vector<Command> commands;
  for (const IdSource& source : sources) commands.push_back(map_command(source, ::getpid(), who));
  Mapper mapper(commands);
  // Asked before: inside, the settings are those of the new namespace.
  const NamespaceSettings settings = namespace_settings();
  if (::unshare(CLONE_NEWUSER) != 0) {
    throw error_of(namespace_lack(who, making, errno, settings));
  }
  const std::string fault = mapper.run();
  if (!fault.empty()) {
    throw Error(Fault::environment, "the user namespace got no ids: " + fault);
  }
  if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0 || ::setgroups(0, nullptr) != 0) {
    throw error_of(namespace_lack(who, "become root of a user namespace", errno, settings));
  }
  // AppArmor lets the namespace be made and takes away what makes it useful.
  if (::unshare(CLONE_NEWNS) != 0) {
    throw error_of(namespace_lack(who, mounting, errno, settings));
  }
}

}  // namespace ingot::os
