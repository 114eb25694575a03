// SPDX-License-Identifier: Apache-2.0
// A disk image open in libguestfs's appliance, read-only: file systems of any origin meet a kernel
// inside a virtual machine, never the host's.
#pragma once

#include <filesystem>
#include <memory>

#include "guest/disk_format.hpp"
#include "guest/guest.hpp"
#include "report/report.hpp"

namespace ingot::guest {

enum class Acceleration { emulated, kvm };

struct SessionRequest {
  std::filesystem::path disk;
  DiskFormat format = DiskFormat::raw;
  std::filesystem::path appliance;  ///< made by make_appliance()
  /// kvm only where a probe has shown that it works: the library itself goes by /dev/kvm.
  Acceleration acceleration = Acceleration::emulated;
  std::filesystem::path scratch;  ///< existing folder for the machine's files
  Bytes memory = 1_GiB;
};

class Session final : public Guest {
public:
  /// Boots the appliance. Fault::environment, with the machine's last words, when it does not come
  /// up.
  Session(const SessionRequest& request, Report& report);
  ~Session() override;

  PartitionTable table() override;
  std::string read_bytes(std::uint64_t offset, std::size_t count) override;
  FileSystem file_system(int partition) override;
  void read_tree(int partition, const std::function<void(int fd)>& reader) override;
  std::optional<std::string> read_file(int partition, const std::string& path,
                                       std::uint64_t limit) override;
  std::vector<std::string> names_in(int partition, const std::string& folder) override;

  /// Ends the machine and learns whether all went well; without it the destructor just ends it.
  void close();

private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace ingot::guest
