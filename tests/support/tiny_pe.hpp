// SPDX-License-Identifier: Apache-2.0
// A small EFI program for tests: right headers, two sections, no code that means anything.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/little_endian.hpp"

namespace ingot::test {

struct TinyPe {
  std::uint16_t machine = 0x8664;
  std::uint16_t subsystem = 10;
  std::uint32_t headers = 0x400;
  std::uint32_t certificate_size = 0;
};

inline std::vector<std::uint8_t> tiny_pe(const TinyPe& spec = {}) {
  RecordWriter pe;
  pe.text("MZ").pad_to(60).u32(128).pad_to(128);
  pe.u32(0x00004550).u16(spec.machine).u16(2).u32(0).u32(0).u32(0).u16(240).u16(0x22e);
  const std::size_t optional = pe.size();
  pe.u16(0x20b).zeros(30).u32(4096).u32(512).zeros(16).u32(0x3000).u32(spec.headers).u32(77);
  pe.u16(spec.subsystem).zeros(38).u32(16);
  pe.zeros(4 * 8).u32(spec.certificate_size != 0 ? 0x600 : 0).u32(spec.certificate_size);
  pe.pad_to(optional + 240);
  const auto section = [&](const char* name, std::uint32_t address, std::uint32_t offset) {
    const std::size_t start = pe.size();
    pe.text(name).pad_to(start + 8).u32(100).u32(address).u32(512).u32(offset).zeros(12);
    pe.u32(0x60000020);
  };
  section(".text", 0x1000, spec.headers);
  section(".sbat", 0x2000, spec.headers + 512);
  pe.pad_to(spec.headers);
  pe.text("code").pad_to(spec.headers + 512).text("sbat,1").pad_to(spec.headers + 1024);
  return pe.bytes();
}

inline std::string text_of(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace ingot::test
