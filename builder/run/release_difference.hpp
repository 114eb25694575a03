// SPDX-License-Identifier: Apache-2.0
// In what two releases differ, section by section.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run/difference.hpp"
#include "run/file_changes.hpp"
#include "run/kernel_modules.hpp"
#include "run/release_formats.hpp"
#include "run/tree_sizes.hpp"
#include "run/unit_states.hpp"

namespace ingot::run {

enum class Section {
  packages,
  modules,
  units,
  kernel_config,
  files,
  sizes,
  formats,
  kernel_line,
  agreement
};

inline constexpr std::array<Section, 9> all_sections = {
    Section::packages,      Section::modules,     Section::units,
    Section::kernel_config, Section::files,       Section::sizes,
    Section::formats,       Section::kernel_line, Section::agreement};

/// "packages", "kernel-config"
std::string_view name_of(Section section) noexcept;
std::optional<Section> section_of(std::string_view name) noexcept;

struct ComparedRelease {
  std::filesystem::path place;
  TreeSource source = TreeSource::release;
  std::string product;  ///< empty: a tar or list alone, or not signed
  std::string version;
};

struct SizeDifferences {
  std::uint64_t total_a = 0;
  std::uint64_t total_b = 0;
  Differences<std::uint64_t> folders;
  Differences<std::uint64_t> packages;  ///< "": what no package brought
  Differences<std::uint64_t> formats;
};

struct AgreementDifferences {
  std::string verdict_a;
  std::string verdict_b;
  Differences<std::string> rules;
};

struct NotCompared {
  Section section = Section::packages;
  std::string reason;
};

/// A section is set when it was asked for and could be compared.
struct ReleaseDifference {
  ComparedRelease a;
  ComparedRelease b;
  std::vector<NotCompared> not_compared;

  std::optional<Differences<std::string>> packages;  ///< versions
  std::optional<KernelModules> modules;
  std::optional<Differences<UnitState>> units;
  std::optional<Differences<std::string>> kernel_config;
  std::optional<FileChanges> files;
  std::optional<SizeDifferences> sizes;
  std::optional<Differences<FormatFile>> formats;
  std::optional<Differences<std::string>> kernel_line;
  std::optional<AgreementDifferences> agreement;

  bool was_compared(Section section) const;
  /// Compared and without any difference.
  bool is_equal(Section section) const;
  /// Nothing that was compared differs.
  bool equal() const;
};

}  // namespace ingot::run
