// SPDX-License-Identifier: Apache-2.0
// Which formats an image has, and what decides the bytes of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "plan/plan.hpp"
#include "run/signing_keys.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"
#include "step/formats.hpp"

namespace ingot::run {

/// The one that all others follow from.
inline constexpr std::string_view file_list_format = "file-list";

/// All others, in an order in which they could be written.
std::vector<std::string> format_names(const spec::ResolvedImage& image);

class FormatKeys {
public:
  /// `program` is the digest of this program: whatever its version says, other code may write other
  /// bytes. References must outlive the object.
  FormatKeys(const spec::ResolvedImage& image, const spec::Lock& lock, const plan::Plan& plan,
             const SigningKeys& keys, const Sha256& program,
             const step::Compression& compression = {})
      : image_(image),
        lock_(lock),
        plan_(plan),
        keys_(keys),
        program_(program),
        compression_(compression) {}

  Sha256 of_file_list() const;
  /// `list` is the digest of the list of files, which stands for the tree.
  Sha256 of(const std::string& format, const Sha256& list) const;

private:
  const spec::ResolvedImage& image_;
  const spec::Lock& lock_;
  const plan::Plan& plan_;
  const SigningKeys& keys_;
  Sha256 program_;
  step::Compression compression_;
};

}  // namespace ingot::run
