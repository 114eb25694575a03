// SPDX-License-Identifier: Apache-2.0
#include "os/sandbox.hpp"

#include <atomic>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/sandbox_description.hpp"

namespace ingot::os {
namespace {

void demand(bool holds, const std::string& rule) {
  if (!holds) throw Error(Fault::internal, "sandbox: " + rule + " (this is a bug)");
}

void check(const SandboxRoot& root, const Command& command) {
  demand(!root.lowers.empty() || root.upper, "there is no root folder");
  demand(!root.upper || root.lowers.empty() || root.work, "changes need a work folder");
  demand(command.cwd.is_absolute(), "the working folder is no absolute path");
  for (const Bind& bind : root.binds) {
    const std::filesystem::path target = bind.target;
    demand(target.is_absolute() && target.has_filename() && target == target.lexically_normal(),
           "'" + bind.target + "' is no place for a bind");
  }
  for (const auto& [theirs, ours] : command.inherit) {
    demand(theirs > description_fd && ours >= 0, "descriptors are inherited from 4 up");
  }
}

Fd file_in_memory() {
  Fd memory(::memfd_create("sandbox", MFD_CLOEXEC));
  if (!memory) throw_errno("cannot make a file in memory");
  return memory;
}

void rewind(const Fd& memory) {
  if (::lseek(memory.get(), 0, SEEK_SET) != 0) throw_errno("cannot rewind a file in memory");
}

Fd in_memory(const std::vector<std::uint8_t>& bytes) {
  Fd memory = file_in_memory();
  write_all(memory.get(), bytes, "sandbox description");
  rewind(memory);
  return memory;
}

PathTrace trace_in(const Fd& memory) {
  rewind(memory);
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> buffer(1U << 16);
  while (const std::size_t got = read_some(memory.get(), buffer, "the record of paths"))
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
  return unpacked_trace(bytes);
}

}  // namespace

Outcome run_in_sandbox(const Runner& runner, const Environment& environment,
                       const SandboxRoot& root, const Command& command, PathTrace* trace) {
  check(root, command);
  SandboxDescription description{
      .root = root, .command = command, .kept = {}, .caller = ::getpid()};
  for (const auto& inherited : command.inherit) description.kept.push_back(inherited.first);
  Fd traced;
  if (trace != nullptr) {
    static std::atomic<unsigned> turns = 0;
    description.turn = turns++;
    traced = file_in_memory();
    description.trace_fd =
        command.inherit.empty() ? description_fd + 1 : command.inherit.rbegin()->first + 1;
  }
  const Fd memory = in_memory(packed(description));

  Command outer = command;
  outer.program = environment.executable().string();
  outer.args = {"sandbox-init"};
  outer.env.clear();
  outer.cwd = "/";
  outer.inherit[description_fd] = memory.get();
  if (traced) outer.inherit[*description.trace_fd] = traced.get();
  Outcome outcome = runner.run(outer);
  if (outcome.exit_code == sandbox_failed && !outcome.tail.empty() &&
      outcome.tail.back().starts_with(sandbox_fault)) {
    throw Error(Fault::environment,
                "cannot run " + command.program +
                    (command.why.empty() ? "" : " (to " + command.why + ")") +
                    " in a sandbox: " + outcome.tail.back().substr(sandbox_fault.size()));
  }
  if (trace != nullptr) *trace = trace_in(traced);
  return outcome;
}

}  // namespace ingot::os
