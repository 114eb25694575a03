// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <algorithm>

#include "broken.hpp"
#include "check.hpp"

namespace ingot::selftest {

std::string_view usage_text() {
  return "usage: ingot-selftest [options]\n"
         "Tests this node, or a tree; ends with 0 when it passes and with 8 when it does not.\n"
         "\n"
         "  --json FILE       write the report as JSON; - is standard output\n"
         "  --human           print a table (what happens anyway without --json and --publish)\n"
         "  --only ID[,ID]    run these checks only\n"
         "  --list            print all checks\n"
         "  --explain ID      print what a check means and what to do when it fails\n"
         "  --build           the tree is an image being built: checks that hold for it only\n"
         "  --profile FILE    what GPUs the node is meant to have, instead of the manifest's word\n"
         "  --manifest FILE   image manifest, instead of /usr/lib/ingot/image.json\n"
         "  --nvml FILE       NVML library to load\n"
         "  --publish         publish the report: /run/ingot, console, node labels, virtio port\n"
         "  --no-publish      do not (the default)\n"
         "  --root DIR        the tree to test; also moves the five below, unless they are given\n"
         "  --sys, --proc, --dev, --etc, --run DIR\n";
}

namespace {

class Arguments {
public:
  explicit Arguments(const std::vector<std::string>& words) : words_(words) {}
  bool next() {
    if (at_ >= words_.size()) return false;
    std::string_view word = words_[at_++];
    const auto equals = word.find('=');
    value_.reset();
    if (word.starts_with("--") && equals != std::string_view::npos) {
      value_ = std::string(word.substr(equals + 1));
      word = word.substr(0, equals);
    }
    name_ = word;
    return true;
  }
  const std::string& name() const { return name_; }
  std::string value() {
    if (value_) return *std::exchange(value_, std::nullopt);
    if (at_ >= words_.size()) throw Usage(name_ + " needs a value");
    return words_[at_++];
  }
  void finish() const {
    if (value_) throw Usage(name_ + " takes no value");
  }

private:
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  std::string name_;
  std::optional<std::string> value_;
};

const Check& check_named(std::string_view id) {
  for (const Check& check : catalogue()) {
    if (check.id == id) return check;
  }
  throw Usage("there is no check '" + std::string(id) + "'; --list shows all");
}

std::vector<std::string> split_ids(std::string_view text) {
  std::vector<std::string> ids;
  for (;;) {
    const auto comma = text.find(',');
    ids.emplace_back(check_named(text.substr(0, comma)).id);
    if (comma == std::string_view::npos) return ids;
    text.remove_prefix(comma + 1);
  }
}

struct GivenRoots {
  std::optional<std::string> root, sys, proc, dev, etc, run;

  std::optional<std::string>* named(std::string_view option) {
    if (option == "--root") return &root;
    if (option == "--sys") return &sys;
    if (option == "--proc") return &proc;
    if (option == "--dev") return &dev;
    if (option == "--etc") return &etc;
    if (option == "--run") return &run;
    return nullptr;
  }

  Roots roots() const {
    Roots roots = root && *root != "/" ? Roots::below(*root) : Roots();
    const auto set = [](std::filesystem::path& place, const std::optional<std::string>& given) {
      if (given) place = *given;
    };
    set(roots.sys, sys);
    set(roots.proc, proc);
    set(roots.dev, dev);
    set(roots.etc, etc);
    set(roots.run, run);
    return roots;
  }
};

bool take_flag(const std::string& name, Options& options) {
  if (name == "--human")
    options.human = true;
  else if (name == "--publish")
    options.publish = true;
  else if (name == "--no-publish")
    options.publish = false;
  else if (name == "--build")
    options.building = true;
  else if (name == "--list")
    options.task = Task::list;
  else if (name == "--help" || name == "-h")
    options.task = Task::help;
  else
    return false;
  return true;
}

}  // namespace

Options parse_options(const std::vector<std::string>& arguments) {
  Options options;
  GivenRoots given;
  Arguments words(arguments);
  while (words.next()) {
    const std::string name = words.name();
    if (take_flag(name, options)) {
      words.finish();
    } else if (auto* root = given.named(name)) {
      *root = words.value();
      if ((*root)->empty()) throw Usage(name + " needs a folder");
    } else if (name == "--json") {
      options.json = words.value();
    } else if (name == "--only") {
      options.only = split_ids(words.value());
    } else if (name == "--explain") {
      options.task = Task::explain;
      options.explain = check_named(words.value()).id;
    } else if (name == "--profile") {
      options.profile = words.value();
    } else if (name == "--manifest") {
      options.manifest = words.value();
    } else if (name == "--nvml") {
      options.nvml = words.value();
    } else {
      throw Usage("unknown option '" + name + "'; --help shows all");
    }
  }
  options.roots = given.roots();
  return options;
}

}  // namespace ingot::selftest
