// SPDX-License-Identifier: Apache-2.0
// What the names and words of definitions may look like.
#pragma once

#include <string_view>

namespace ingot::spec {

struct Syntax {
  std::string_view what;  ///< "a package name"
  std::string_view rule;  ///< for people: which characters, which form
  bool (*accepts)(std::string_view text);
};

extern const Syntax definition_name;  ///< of images, layers, kernels, repositories
extern const Syntax option_name;
extern const Syntax image_version;
extern const Syntax package_name;     ///< Debian policy 5.6.1
extern const Syntax package_version;  ///< Debian policy 5.6.12
extern const Syntax kernel_release;
extern const Syntax driver_version;
extern const Syntax kernel_word;  ///< one word of the kernel's command line
extern const Syntax unit_name;
extern const Syntax variable_name;
extern const Syntax repository_path;  ///< archive, suite, component, file below an archive
extern const Syntax file_name;
extern const Syntax relative_path;
extern const Syntax absolute_path;
extern const Syntax module_name;
extern const Syntax fingerprint;
extern const Syntax calendar_date;  ///< 2026-11-21
extern const Syntax utc_time;       ///< 2026-11-20T14:00:00Z
extern const Syntax sha256_digest;
extern const Syntax any_line;  ///< one line of text

}  // namespace ingot::spec
