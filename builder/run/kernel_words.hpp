// SPDX-License-Identifier: Apache-2.0
// The words of a kernel line.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ingot::run {

/// Value by key, "" for a word without "=". Values of a key that comes again ("console") follow
/// each other in order, between spaces. White space inside of quotes belongs to the value.
std::map<std::string, std::string> kernel_words(std::string_view line);

/// Does the word only name the root image, and so differ whenever any file does?
bool names_root_image(std::string_view key);

}  // namespace ingot::run
