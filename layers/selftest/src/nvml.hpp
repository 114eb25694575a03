// SPDX-License-Identifier: Apache-2.0
// The part of NVML that the checks ask, loaded at run time; the library may be absent or sick.
#pragma once

#include <memory>
#include <string>

namespace ingot::selftest {

/// An initialised NVML. Everything here may hang on a sick GPU: only call it in a check's process.
class Nvml {
public:
  /// Loads `library` and initialises it. Throws Broken with the error put in words.
  explicit Nvml(const std::string& library);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  std::string driver_version() const;
  unsigned device_count() const;
  /// Throws Broken when the device cannot be opened.
  void open_device(unsigned index) const;

private:
  struct Calls;
  std::unique_ptr<Calls> calls_;
};

/// What an NVML return value means for an operator of the node.
std::string meaning_of_nvml(int code);

}  // namespace ingot::selftest
