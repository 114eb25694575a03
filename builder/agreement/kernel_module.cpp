// SPDX-License-Identifier: Apache-2.0
#include "agreement/kernel_module.hpp"

#include <algorithm>
#include <charconv>

#include "agreement/elf.hpp"
#include "archive/decompress.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/module_signature.hpp"

namespace ingot::agreement {
namespace {

// The largest known, an unstripped nvidia.ko, has 247 MB.
constexpr std::uint64_t largest_module = 512ULL << 20;

// Records "key=value", each ended by a NUL.
std::map<std::string, std::string> records_of(std::string_view section) {
  std::map<std::string, std::string> info;
  for (const std::string& record : split(section, '\0')) {
    const std::size_t equals = record.find('=');
    if (equals != std::string::npos)
      info.emplace(record.substr(0, equals), record.substr(equals + 1));
  }
  return info;
}

// struct modversion_info: a CRC in 8 bytes, a name in 56. Newer kernels also write two sections, of
// CRCs and of names without a limit.
SymbolCrcs wanted_by(const Elf& elf) {
  SymbolCrcs wanted;
  const std::string_view fixed = elf.section("__versions").value_or("");
  for (std::uint64_t at = 0; at + 64 <= fixed.size(); at += 64) {
    wanted.emplace(std::string(text_at(fixed.substr(at + 8, 56), 0)),
                   static_cast<std::uint32_t>(number_at(fixed, at, 8)));
  }
  const std::string_view crcs = elf.section("__version_ext_crcs").value_or("");
  const std::string_view names = elf.section("__version_ext_names").value_or("");
  std::uint64_t name_at = 0;
  for (std::uint64_t at = 0; at + 4 <= crcs.size() && name_at < names.size(); at += 4) {
    const std::string_view name = text_at(names, name_at);
    wanted.emplace(std::string(name), static_cast<std::uint32_t>(number_at(crcs, at, 4)));
    name_at += name.size() + 1;
  }
  return wanted;
}

// Each exported symbol has a local one, __crc_<name>, that points at its CRC, or on older kernels
// is it.
SymbolCrcs offered_by(const Elf& elf) {
  constexpr std::string_view prefix = "__crc_";
  SymbolCrcs offered;
  for (const ElfSymbol& symbol : elf.symbols()) {
    if (!symbol.name.starts_with(prefix)) continue;
    std::uint64_t crc = symbol.value;
    if (symbol.section != Elf::absolute) {
      const auto section = elf.section(symbol.section);
      if (!section) continue;
      crc = number_at(*section, symbol.value, 4);
    }
    offered.emplace(std::string(symbol.name.substr(prefix.size())),
                    static_cast<std::uint32_t>(crc));
  }
  return offered;
}

void read_signature(std::string_view content, const std::optional<crypto::Certificate>& certificate,
                    KernelModule& module) {
  try {
    const auto signature = crypto::read_module_signature(content);
    if (!signature) {
      module.distrust = "not signed";
      return;
    }
    module.signer = signature->issuer;
    if (!certificate) {
      module.distrust = "signed, but the image holds no certificate to check it with";
      return;
    }
    crypto::verify_module(content, *certificate);
  } catch (const Error& error) {
    if (error.fault() != Fault::verification && error.fault() != Fault::input) throw;
    module.distrust = error.message();
  }
}

}  // namespace

std::string KernelModule::field(const std::string& key) const {
  const auto found = info.find(key);
  return found == info.end() ? std::string() : found->second;
}

KernelModule kernel_module_of(std::string content, const std::string& path,
                              const std::optional<crypto::Certificate>& certificate) {
  KernelModule module;
  module.path = path;
  module.name = module_name(path.substr(path.rfind('/') + 1));
  try {
    if (!path.ends_with(".ko")) content = archive::decompressed(content, largest_module, "it");
    const Elf elf(content);
    module.info = records_of(elf.section(".modinfo").value_or(""));
    if (module.info.empty()) module.broken = "has no .modinfo";
    module.wanted = wanted_by(elf);
    module.offered = offered_by(elf);
    read_signature(content, certificate, module);
  } catch (const Error& error) {
    if (error.fault() != Fault::verification && error.fault() != Fault::input) throw;
    module.broken = error.message();
  }
  return module;
}

KernelModule read_kernel_module(const RootFolder& root, const std::string& path,
                                const std::optional<crypto::Certificate>& certificate) {
  KernelModule module;
  module.path = path;
  module.name = module_name(path.substr(path.rfind('/') + 1));
  try {
    auto content = root.read(path, largest_module);
    if (content) return kernel_module_of(std::move(*content), path, certificate);
    module.broken = "a link that leads to no file";
  } catch (const Error& error) {
    if (error.fault() != Fault::verification && error.fault() != Fault::input) throw;
    module.broken = error.message();
  }
  return module;
}

std::string module_name(std::string_view file_name) {
  std::string name(file_name.substr(0, file_name.find('.')));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

bool is_module_file(std::string_view file_name) {
  for (const std::string_view end : {".ko", ".ko.xz", ".ko.zst", ".ko.gz"})
    if (file_name.ends_with(end)) return true;
  return false;
}

// "0x9e7d6bd0\t__udelay\tvmlinux\tEXPORT_SYMBOL\t"
SymbolCrcs parse_symvers(std::string_view text) {
  SymbolCrcs symbols;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    std::uint32_t crc = 0;
    const std::string_view digits =
        fields.empty() ? std::string_view() : std::string_view(fields[0]);
    const bool good = fields.size() >= 2 && digits.starts_with("0x") && digits.size() <= 10;
    const char* end = digits.data() + digits.size();
    if (!good || std::from_chars(digits.data() + 2, end, crc, 16).ptr != end) {
      throw Error(Fault::verification,
                  format("Module.symvers has a line that is no symbol: {}", line.substr(0, 80)));
    }
    symbols.emplace(fields[1], crc);
  }
  return symbols;
}

}  // namespace ingot::agreement
