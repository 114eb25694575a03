// SPDX-License-Identifier: Apache-2.0
#include "nvml.hpp"

#include <array>
#include <memory>

#include <dlfcn.h>

#include "broken.hpp"

namespace ingot::selftest {

struct Nvml::Calls {
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*driver_version)(char*, unsigned) = nullptr;
  int (*device_count)(unsigned*) = nullptr;
  int (*device_by_index)(unsigned, void**) = nullptr;
};

namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  void* symbol = ::dlsym(library, name);
  if (symbol == nullptr) throw Broken(std::string("NVML has no function ") + name);
  function = reinterpret_cast<Function>(symbol);  // POSIX: dlsym's answer is a function here
}

void checked(const char* call, int code) {
  if (code != 0) throw Broken(std::string(call) + ": " + meaning_of_nvml(code));
}

}  // namespace

std::string meaning_of_nvml(int code) {
  const std::string number = " (NVML error " + std::to_string(code) + ")";
  switch (code) {
    case 4:
      return "no permission" + number;
    case 6:
      return "not found" + number;
    case 8:
      return "a GPU's power cables are not attached" + number;
    case 9:
      return "the driver is not loaded" + number;
    case 10:
      return "the kernel found an interrupt problem with a GPU" + number;
    case 12:
      return "libnvidia-ml.so is missing or cannot be loaded" + number;
    case 14:
      return "a GPU's InfoROM is corrupted" + number;
    case 15:
      return "a GPU has fallen off the bus" + number;
    case 16:
      return "a GPU must be reset" + number;
    case 18:
      return "driver and library versions differ" + number;
    case 999:
      return "unknown error; look for NVRM in the kernel log" + number;
    default:
      return "failed" + number;
  }
}

Nvml::Nvml(const std::string& library) {
  // Never unloaded: the process of the check ends soon, and NVML keeps threads.
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* error = ::dlerror();
    throw Broken(library + " cannot be loaded: " + (error == nullptr ? "no reason" : error));
  }
  auto calls = std::make_unique<Calls>();
  find(handle, "nvmlInit_v2", calls->init);
  find(handle, "nvmlShutdown", calls->shutdown);
  find(handle, "nvmlSystemGetDriverVersion", calls->driver_version);
  find(handle, "nvmlDeviceGetCount_v2", calls->device_count);
  find(handle, "nvmlDeviceGetHandleByIndex_v2", calls->device_by_index);
  checked("nvmlInit_v2", calls->init());
  calls_ = std::move(calls);
}

Nvml::~Nvml() {
  if (calls_) calls_->shutdown();
}

std::string Nvml::driver_version() const {
  std::array<char, 96> text{};
  checked("nvmlSystemGetDriverVersion",
          calls_->driver_version(text.data(), static_cast<unsigned>(text.size() - 1)));
  return text.data();
}

unsigned Nvml::device_count() const {
  unsigned count = 0;
  checked("nvmlDeviceGetCount_v2", calls_->device_count(&count));
  return count;
}

void Nvml::open_device(unsigned index) const {
  void* device = nullptr;
  const std::string call = "nvmlDeviceGetHandleByIndex_v2(" + std::to_string(index) + ")";
  checked(call.c_str(), calls_->device_by_index(index, &device));
}

}  // namespace ingot::selftest
