// SPDX-License-Identifier: Apache-2.0
// A runner that starts nothing: it remembers each command and plays back scripted outcomes.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/words.hpp"
#include "os/process.hpp"

namespace ingot::test {

class FakeRunner final : public os::Runner {
public:
  /// What a command does: look at it, leave files behind, say how it ended.
  using Play = std::function<os::Outcome(const os::Command&)>;

  /// Commands whose program's file name is `program` play `play`; the latest such call counts.
  /// Any other command succeeds without output.
  void when(std::string program, Play play) { plays_.emplace_back(std::move(program), play); }

  /// The same with a fixed exit code and output; each line of it also goes to on_line.
  void when(std::string program, int exit_code, std::string output = {}) {
    when(std::move(program), [exit_code, output](const os::Command& command) {
      os::Outcome outcome;
      outcome.exit_code = exit_code;
      outcome.output = output;
      outcome.tail = split(output, '\n');
      if (!outcome.tail.empty() && outcome.tail.back().empty()) outcome.tail.pop_back();
      if (command.on_line) {
        for (const std::string& line : outcome.tail) command.on_line(line);
      }
      return outcome;
    });
  }

  os::Outcome run(const os::Command& command) const override {
    {
      const std::lock_guard guard(mutex_);
      commands_.push_back(command);
    }
    const std::string name = command.program.substr(command.program.rfind('/') + 1);
    for (auto each = plays_.rbegin(); each != plays_.rend(); ++each) {
      if (each->first == name) return each->second(command);
    }
    return {};
  }

  std::vector<os::Command> commands() const {
    const std::lock_guard guard(mutex_);
    return commands_;
  }
  /// Each command as "program arg arg", for comparisons that read well.
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const os::Command& command : commands()) {
      lines.push_back(command.args.empty() ? command.program
                                           : command.program + " " + joined(command.args, " "));
    }
    return lines;
  }

private:
  std::vector<std::pair<std::string, Play>> plays_;
  mutable std::mutex mutex_;
  mutable std::vector<os::Command> commands_;
};

}  // namespace ingot::test
