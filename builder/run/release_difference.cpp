// SPDX-License-Identifier: Apache-2.0
#include "run/release_difference.hpp"

#include <algorithm>

namespace ingot::run {

std::string_view name_of(Section section) noexcept {
  switch (section) {
    case Section::packages:
      return "packages";
    case Section::modules:
      return "modules";
    case Section::units:
      return "units";
    case Section::kernel_config:
      return "kernel-config";
    case Section::files:
      return "files";
    case Section::sizes:
      return "sizes";
    case Section::formats:
      return "formats";
    case Section::kernel_line:
      return "kernel-line";
    case Section::agreement:
      return "agreement";
  }
  return "unknown";
}

std::optional<Section> section_of(std::string_view name) noexcept {
  for (const Section section : all_sections)
    if (name_of(section) == name) return section;
  return std::nullopt;
}

bool ReleaseDifference::was_compared(Section section) const {
  switch (section) {
    case Section::packages:
      return packages.has_value();
    case Section::modules:
      return modules.has_value();
    case Section::units:
      return units.has_value();
    case Section::kernel_config:
      return kernel_config.has_value();
    case Section::files:
      return files.has_value();
    case Section::sizes:
      return sizes.has_value();
    case Section::formats:
      return formats.has_value();
    case Section::kernel_line:
      return kernel_line.has_value();
    case Section::agreement:
      return agreement.has_value();
  }
  return false;
}

bool ReleaseDifference::is_equal(Section section) const {
  if (!was_compared(section)) return false;
  switch (section) {
    case Section::packages:
      return packages->empty();
    case Section::modules:
      return modules->kernels_a == modules->kernels_b && modules->differences.empty();
    case Section::units:
      return units->empty();
    case Section::kernel_config:
      return kernel_config->empty();
    case Section::files:
      return files->files.empty();
    case Section::sizes:
      return sizes->total_a == sizes->total_b && sizes->folders.empty() &&
             sizes->packages.empty() && sizes->formats.empty();
    case Section::formats:
      return formats->empty();
    case Section::kernel_line:
      return kernel_line->empty();
    case Section::agreement:
      return agreement->verdict_a == agreement->verdict_b && agreement->rules.empty();
  }
  return false;
}

bool ReleaseDifference::equal() const {
  return std::none_of(all_sections.begin(), all_sections.end(),
                      [&](Section section) { return was_compared(section) && !is_equal(section); });
}

}  // namespace ingot::run
