// SPDX-License-Identifier: Apache-2.0
// A kernel module file: what its .modinfo says, and the signature appended to it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "file.hpp"

namespace ingot::selftest {

/// key=value records of .modinfo; a key that comes again keeps its first value.
using ModuleInfo = std::map<std::string, std::string>;

/// Throws Broken for a file that is compressed, no ELF, cut, or has no .modinfo.
ModuleInfo module_info(Octets file);

/// A module file with an appended signature, as the kernel splits it.
struct SignedModule {
  Octets content;
  Octets signature;  ///< CMS in DER
};

/// Nothing when the file ends without the kernel's marker. Throws Broken when the marker is there
/// and what it describes does not fit.
std::optional<SignedModule> signed_module(Octets file);

/// nvidia-uvm, nvidia_uvm and nvidia-uvm.ko.xz are one module: nvidia_uvm.
std::string module_name(std::string_view file_name);

struct IndexedModule {
  std::string path;                       ///< relative to the modules folder
  std::vector<std::string> dependencies;  ///< paths too, nearest first
};

/// Reads modules.dep; keys are module names.
std::map<std::string, IndexedModule> parse_modules_dep(std::string_view text);

}  // namespace ingot::selftest
