// SPDX-License-Identifier: Apache-2.0
#include "cli/difference_text.hpp"

#include <algorithm>
#include <set>

#include "base/bytes.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "package/version.hpp"
#include "report/terminal_text.hpp"
#include "run/kernel_words.hpp"

namespace ingot::cli {
namespace {

using report::terminal_text;
using Lines = std::vector<std::string>;

constexpr std::size_t most_lines = 20;
constexpr std::size_t most_packages = 60;
constexpr std::size_t longest_value = 60;

/// Values may be whole lines of text.
std::string shortened(const std::string& value) {
  const std::string text = terminal_text(value);
  return text.size() <= longest_value ? text : text.substr(0, longest_value - 3) + "...";
}

char sign_of(std::string_view kind) {
  return kind == "added" ? '+' : kind == "removed" ? '-' : '~';
}

template <class Value>
std::string counted(const run::Differences<Value>& differences) {
  std::string text;
  for (const std::string_view kind : {"added", "removed", "changed"}) {
    const auto count = std::count_if(differences.begin(), differences.end(),
                                     [&](const auto& each) { return each.kind() == kind; });
    if (count > 0) text += format("{}{} {}", text.empty() ? "" : ", ", count, kind);
  }
  return text;
}

std::string counted(const run::FileCounts& counts) {
  Lines parts;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) parts.push_back(format("{} {}", count, what));
  };
  add(counts.added, "added");
  add(counts.removed, "removed");
  add(counts.changed, "changed");
  add(counts.time_only, "with another time only");
  return joined(parts, ", ");
}

class DifferenceText {
public:
  explicit DifferenceText(const run::ReleaseDifference& difference) : difference_(difference) {}

  std::string whole() {
    text_ = format("a: {}\nb: {}\n", name_of(difference_.a), name_of(difference_.b));
    if (differs(run::Section::packages)) add_packages();
    if (differs(run::Section::modules)) add_modules();
    if (differs(run::Section::units)) add_units();
    if (differs(run::Section::kernel_config)) add_kernel_config();
    if (differs(run::Section::kernel_line)) add_kernel_line();
    if (differs(run::Section::agreement)) add_agreement();
    if (differs(run::Section::formats)) add_formats();
    if (differs(run::Section::sizes)) add_sizes();
    if (differs(run::Section::files)) add_files();
    add_end();
    return std::move(text_);
  }

private:
  bool differs(run::Section section) const {
    return difference_.was_compared(section) && !difference_.is_equal(section);
  }

  static std::string name_of(const run::ComparedRelease& release) {
    const std::string place = terminal_text(release.place.string());
    return release.product.empty() ? place
                                   : format("{} {}, {}", release.product, release.version, place);
  }

  void add_section(const std::string& title, const Lines& lines, std::size_t most = most_lines) {
    text_ += "\n" + title + "\n";
    add_lines(lines, most);
  }

  void add_lines(const Lines& lines, std::size_t most) {
    for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) text_ += "  " + lines[i] + "\n";
    if (lines.size() > most)
      text_ += format("  ... and {} more (all with --json)\n", lines.size() - most);
  }

  void add_packages() {
    Lines lines;
    for (const auto& package : *difference_.packages) {
      const std::string name = terminal_text(package.name);
      if (package.a && package.b) {
        const bool older = package::compare_versions(*package.a, *package.b) > 0;
        lines.push_back(format("~ {} {} -> {}{}", name, shortened(*package.a),
                               shortened(*package.b), older ? " (older)" : ""));
      } else {
        lines.push_back(format("{} {} {}", sign_of(package.kind()), name,
                               shortened(package.a ? *package.a : *package.b)));
      }
    }
    add_section("packages: " + counted(*difference_.packages), lines, most_packages);
  }

  static std::string described(const run::ModuleState& module) {
    std::string text;
    if (module.facts && !module.facts->broken.empty())
      return "cannot be read: " + shortened(module.facts->broken);
    if (module.facts && !module.facts->version.empty())
      text += "version " + shortened(module.facts->version) + ", ";
    if (module.facts)
      text += module.facts->signer.empty()
                  ? "not signed, "
                  : "signed by '" + shortened(module.facts->signer) + "', ";
    return text + terminal_text(module.place);
  }

  static std::string changed(const run::ModuleState& a, const run::ModuleState& b) {
    Lines parts;
    const auto pair = [&](const std::string& from, const std::string& to) {
      return format("{} -> {}", from.empty() ? "none" : shortened(from),
                    to.empty() ? "none" : shortened(to));
    };
    for (const std::string& word : run::changed_properties(a, b)) {
      if (word == "place") parts.push_back(pair(a.place, b.place));
      if (word == "version") parts.push_back("version " + pair(a.facts->version, b.facts->version));
      if (word == "srcversion") parts.emplace_back("other sources");
      if (word == "vermagic")
        parts.push_back("vermagic " + pair(a.facts->vermagic, b.facts->vermagic));
      if (word == "signer") parts.push_back("signer " + pair(a.facts->signer, b.facts->signer));
      if (word == "content") parts.emplace_back("content");
    }
    return joined(parts, ", ");
  }

  void add_modules() {
    const run::KernelModules& modules = *difference_.modules;
    Lines lines;
    Lines unread;
    // Modules that were built apart from the kernel are why one looks here.
    for (const bool in_tree : {false, true}) {
      for (const auto& module : modules.differences) {
        if (run::is_in_tree(module.b ? *module.b : *module.a) != in_tree) continue;
        const std::string what = module.a && module.b ? changed(*module.a, *module.b)
                                                      : described(module.a ? *module.a : *module.b);
        const bool dull = in_tree && what == "content";
        (dull ? unread : lines)
            .push_back(
                format("{} {}: {}", sign_of(module.kind()), terminal_text(module.name), what));
      }
    }
    // A new kernel brings thousands.
    if (unread.size() > most_lines)
      unread = {format("~ {} of the kernel's own: content", unread.size())};
    const std::size_t most = most_lines + unread.size();
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), most_lines)),
                 unread.begin(), unread.end());
    const std::string kernel_a = joined(modules.kernels_a, ", ");
    const std::string kernel_b = joined(modules.kernels_b, ", ");
    const std::string kernels =
        kernel_a == kernel_b ? format("kernel {}", kernel_a.empty() ? "none" : kernel_a)
                             : format("kernel {} -> {}", kernel_a.empty() ? "none" : kernel_a,
                                      kernel_b.empty() ? "none" : kernel_b);
    const std::string counts = counted(modules.differences);
    add_section(
        format("modules ({}): {}", terminal_text(kernels), counts.empty() ? "equal" : counts),
        lines, most);
  }

  static std::string described(const run::UnitState& unit) {
    std::string text = unit.state;
    const std::vector<std::string> wishes(unit.wanted_by.begin(), unit.wanted_by.end());
    if (unit.state == "enabled") text += " by " + joined(wishes, ", ");
    return shortened(text);
  }

  void add_units() {
    Lines lines;
    for (const auto& unit : *difference_.units) {
      const std::string name = terminal_text(unit.name);
      if (!unit.a || !unit.b) {
        lines.push_back(format("{} {} ({})", sign_of(unit.kind()), name,
                               described(unit.a ? *unit.a : *unit.b)));
        continue;
      }
      Lines parts;
      if (described(*unit.a) != described(*unit.b))
        parts.push_back(format("{} -> {}", described(*unit.a), described(*unit.b)));
      if (unit.a->definition != unit.b->definition) parts.emplace_back("other definition");
      if (parts.empty()) parts.emplace_back("wanted by others");
      lines.push_back(format("~ {}: {}", name, joined(parts, "; ")));
    }
    add_section("units: " + counted(*difference_.units), lines, 2 * most_lines);
  }

  void add_kernel_config() {
    Lines lines;
    for (const auto& option : *difference_.kernel_config) {
      const std::string name = terminal_text(option.name);
      if (option.a && option.b)
        lines.push_back(format("~ {} {} -> {}", name, shortened(*option.a), shortened(*option.b)));
      else if (option.b)
        lines.push_back(format("+ {}={}", name, shortened(*option.b)));
      else
        lines.push_back(format("- {} (was {})", name, shortened(*option.a)));
    }
    add_section("kernel config: " + counted(*difference_.kernel_config), lines);
  }

  void add_kernel_line() {
    const auto word_of = [](const std::string& key, const std::string& value) {
      return terminal_text(key) + (value.empty() ? "" : "=" + shortened(value));
    };
    Lines lines;
    run::Differences<std::string> telling;
    for (const auto& word : *difference_.kernel_line) {
      if (run::names_root_image(word.name)) continue;
      telling.push_back(word);
      if (word.a && word.b) {
        lines.push_back(format("~ {} -> {}", word_of(word.name, *word.a),
                               word.b->empty() ? "no value" : shortened(*word.b)));
      } else {
        lines.push_back(
            format("{} {}", sign_of(word.kind()), word_of(word.name, word.a ? *word.a : *word.b)));
      }
    }
    const bool root_image = telling.size() < difference_.kernel_line->size();
    if (root_image) lines.emplace_back("~ ingot.root*: each names its own root image");
    add_section("kernel line: " + (telling.empty() ? "another root image" : counted(telling)),
                lines);
  }

  void add_agreement() {
    const run::AgreementDifferences& agreement = *difference_.agreement;
    std::map<std::string, Lines> rules;
    for (const auto& rule : agreement.rules)
      rules[format("{} -> {}", rule.a ? shortened(*rule.a) : "not judged",
                   rule.b ? shortened(*rule.b) : "not judged")]
          .push_back(terminal_text(rule.name));
    Lines lines;
    for (const auto& [way, ids] : rules) {
      lines.push_back(format("~ {}: {}", way, ids.size()));
      for (std::size_t i = 0; i < ids.size(); i += 5)
        lines.push_back("    " + joined({ids.begin() + static_cast<std::ptrdiff_t>(i),
                                         ids.begin() + static_cast<std::ptrdiff_t>(
                                                           std::min(i + 5, ids.size()))},
                                        ", "));
    }
    add_section(format("agreement: {} -> {}{}", shortened(agreement.verdict_a),
                       shortened(agreement.verdict_b), lines.empty() ? ", rules are equal" : ""),
                lines, 3 * most_lines);
  }

  void add_formats() {
    Lines lines;
    for (const auto& role : *difference_.formats) {
      const auto& file = role.b ? *role.b : *role.a;
      const std::string name = terminal_text(role.name);
      if (!role.a || !role.b)
        lines.push_back(format("{} {}: {}, {}", sign_of(role.kind()), name,
                               terminal_text(file.name), human({file.size})));
      else if (role.a->size == role.b->size)
        lines.push_back(format("~ {}: {}, other bytes", name, human({file.size})));
      else
        lines.push_back(
            format("~ {}: {} -> {}", name, human({role.a->size}), human({role.b->size})));
    }
    add_section("formats: " + counted(*difference_.formats), lines);
  }

  static std::string growth(std::uint64_t a, std::uint64_t b) {
    return b >= a ? "+" + human({b - a}) : "-" + human({a - b});
  }

  static std::uint64_t change_of(const run::Difference<std::uint64_t>& size) {
    const std::uint64_t a = size.a.value_or(0);
    const std::uint64_t b = size.b.value_or(0);
    return b >= a ? b - a : a - b;
  }

  /// Those that changed most.
  static void add_largest(Lines& lines, run::Differences<std::uint64_t> sizes, std::size_t most,
                          std::string_view nameless) {
    std::stable_sort(sizes.begin(), sizes.end(),
                     [](const auto& a, const auto& b) { return change_of(a) > change_of(b); });
    for (std::size_t i = 0; i < std::min(sizes.size(), most); ++i) {
      const std::string name =
          sizes[i].name.empty() ? std::string(nameless) : terminal_text(sizes[i].name);
      lines.push_back(
          format("{:>9}  {}", growth(sizes[i].a.value_or(0), sizes[i].b.value_or(0)), name));
    }
    if (sizes.size() > most)
      lines.push_back(format("{:>9}  and {} more", "...", sizes.size() - most));
  }

  void add_sizes() {
    const run::SizeDifferences& sizes = *difference_.sizes;
    constexpr std::size_t most = 10;
    Lines lines;
    add_largest(lines, sizes.folders, most, "");
    if (!sizes.packages.empty()) lines.emplace_back("by package:");
    add_largest(lines, sizes.packages, most, "(no package)");
    add_section(format("sizes: tree {} -> {} ({})", human({sizes.total_a}), human({sizes.total_b}),
                       growth(sizes.total_a, sizes.total_b)),
                lines, 3 * most);
  }

  /// Packages that came, went or have another version, told by dpkg's lists of their files where
  /// packages themselves were not compared.
  std::set<std::string> moving_packages() const {
    std::set<std::string> names;
    if (difference_.packages) {
      for (const auto& package : *difference_.packages) names.insert(package.name);
      return names;
    }
    for (const run::FileChange& file : difference_.files->files) {
      const bool list = file.path.starts_with("var/lib/dpkg/info/") && file.path.ends_with(".list");
      if (list && !file.package.empty()) names.insert(file.package);
    }
    return names;
  }

  static std::string line_of(const run::FileChange& file) {
    const std::string path = terminal_text(file.path == "." ? "/" : "/" + file.path);
    if (file.kind != run::FileChange::Kind::changed)
      return format("{} {}", sign_of(run::name_of(file.kind)), path);
    Lines parts;
    for (const archive::FileDifference& property : file.properties) {
      if (property.what == "time") continue;
      const bool plain = property.what == "content" || property.what.starts_with("attribute");
      parts.push_back(plain ? property.what
                            : format("{} {} -> {}", property.what, shortened(property.expected),
                                     shortened(property.found)));
    }
    return format("~ {}: {}", path, joined(parts, ", "));
  }

  void add_files() {
    const std::set<std::string> moving = moving_packages();
    std::map<std::string, run::FileCounts> expected;
    std::vector<const run::FileChange*> added;
    std::vector<const run::FileChange*> removed;
    Lines lines;
    for (const run::FileChange& file : difference_.files->files) {
      if (file.kind == run::FileChange::Kind::time_only) continue;
      if (moving.contains(file.package)) {
        expected[file.package].count(file.kind);
      } else if (file.kind == run::FileChange::Kind::added) {
        added.push_back(&file);
      } else if (file.kind == run::FileChange::Kind::removed) {
        removed.push_back(&file);
      } else {
        lines.push_back(line_of(file));
      }
    }
    add_section("files: " + counted(difference_.files->total), lines, 2 * most_lines);
    for (const auto& files : {removed, added})
      add_lines(files.size() > most_lines ? by_folder(files) : by_path(files), 2 * most_lines);
    add_expected(expected);
  }

  /// They are no surprise where the packages are named above.
  void add_expected(const std::map<std::string, run::FileCounts>& packages) {
    Lines lines;
    std::size_t files = 0;
    for (const auto& [package, counts] : packages) {
      files += counts.sum();
      lines.push_back(format("package {}: {}", terminal_text(package), counted(counts)));
    }
    if (difference_.packages && files > 0) {
      lines = {format("and {} of the packages above", files)};
    }
    add_lines(lines, most_packages);
  }

  static Lines by_path(const std::vector<const run::FileChange*>& files) {
    Lines lines;
    for (const run::FileChange* file : files) lines.push_back(line_of(*file));
    return lines;
  }

  /// Where there are too many to name; all were added, or all removed.
  static Lines by_folder(const std::vector<const run::FileChange*>& files) {
    std::map<std::string, std::vector<const run::FileChange*>> folders;
    for (const run::FileChange* file : files)
      folders[run::folder_label(file->path)].push_back(file);
    Lines lines;
    for (const auto& [folder, inside] : folders)
      lines.push_back(inside.size() == 1
                          ? line_of(*inside.front())
                          : format("{} {} in {}", sign_of(run::name_of(inside.front()->kind)),
                                   inside.size(), terminal_text(folder)));
    return lines;
  }

  void add_end() {
    Lines equal;
    for (const run::Section section : run::all_sections)
      if (difference_.is_equal(section)) equal.emplace_back(run::name_of(section));
    text_ += "\n";
    if (!equal.empty()) text_ += format("equal: {}\n", joined(equal, ", "));
    for (const run::NotCompared& skipped : difference_.not_compared)
      text_ += format("not compared: {}: {}\n", run::name_of(skipped.section),
                      terminal_text(skipped.reason));
  }

  const run::ReleaseDifference& difference_;
  std::string text_;
};

}  // namespace

std::string text_of(const run::ReleaseDifference& difference) {
  return DifferenceText(difference).whole();
}

}  // namespace ingot::cli
