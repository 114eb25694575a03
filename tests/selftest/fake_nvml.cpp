// SPDX-License-Identifier: Apache-2.0
// Stands in for libnvidia-ml.so.1. FAKE_NVML_SCENARIO: ok, not-loaded, skew, lost, hang;
// FAKE_NVML_COUNT: GPUs that it sees; FAKE_NVML_DRIVER: the driver version that it names.
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <unistd.h>

namespace {

std::string_view setting(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::string_view(value);
}

std::string_view scenario() { return setting("FAKE_NVML_SCENARIO", "ok"); }

}  // namespace

extern "C" {

int nvmlInit_v2();
int nvmlShutdown();
int nvmlSystemGetDriverVersion(char* text, unsigned length);
int nvmlDeviceGetCount_v2(unsigned* count);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device);

int nvmlInit_v2() {
  if (scenario() == "not-loaded") return 9;
  if (scenario() == "skew") return 18;
  while (scenario() == "hang") ::sleep(1);
  return 0;
}

int nvmlShutdown() { return 0; }

int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  const std::string_view version = setting("FAKE_NVML_DRIVER", "550.163.01");
  if (version.size() >= length) return 7;
  std::memcpy(text, version.data(), version.size());
  text[version.size()] = '\0';
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = static_cast<unsigned>(std::atoi(setting("FAKE_NVML_COUNT", "2").data()));
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  static int devices[64];
  if (scenario() == "lost" && index == 1) return 15;
  *device = &devices[index % 64];
  return 0;
}
}
