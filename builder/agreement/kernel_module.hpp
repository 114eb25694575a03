// SPDX-License-Identifier: Apache-2.0
// A kernel module file: what it says of itself, the symbols it wants and offers, who signed it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agreement/root_folder.hpp"
#include "crypto/certificate.hpp"

namespace ingot::agreement {

using SymbolCrcs = std::map<std::string, std::uint32_t, std::less<>>;

struct KernelModule {
  std::string path;                         ///< in the tree
  std::string name;                         ///< "nvidia_uvm"
  std::string broken;                       ///< why it cannot be read; empty when it can
  std::map<std::string, std::string> info;  ///< .modinfo; a key that comes again keeps the first
  SymbolCrcs wanted;                        ///< what the kernel compares when it is loaded
  SymbolCrcs offered;
  std::string signer;    ///< issuer of the signature's key; empty: not signed
  std::string distrust;  ///< why the signature does not verify; empty when it does

  /// A field of .modinfo, or "".
  std::string field(const std::string& key) const;
};

/// Reads a module, compressed or not. What is wrong with the file is told in `broken`.
KernelModule read_kernel_module(const RootFolder& root, const std::string& path,
                                const std::optional<crypto::Certificate>& certificate);

/// The same from the bytes of the file at `path`, whose name says whether they are compressed.
KernelModule kernel_module_of(std::string content, const std::string& path,
                              const std::optional<crypto::Certificate>& certificate);

/// A file's name as that of its module: "nvidia-uvm.ko.xz" is nvidia_uvm.
std::string module_name(std::string_view file_name);

/// Is this file name one of a module: .ko, .ko.xz, .ko.zst, .ko.gz?
bool is_module_file(std::string_view file_name);

/// Symbols and CRCs of a Module.symvers; Fault::verification for a line that is none of it.
SymbolCrcs parse_symvers(std::string_view text);

}  // namespace ingot::agreement
