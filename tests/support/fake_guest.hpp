// SPDX-License-Identifier: Apache-2.0
// An open disk without a machine: answers from values, trees from folders of this host.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "archive/sink.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "guest/guest.hpp"
#include "os/file.hpp"

namespace ingot::test {

class FakeGuest final : public guest::Guest {
public:
  guest::PartitionTable answer;
  std::string front;  ///< the disk's first bytes
  std::string back;   ///< and its last
  std::map<int, guest::FileSystem> file_systems;
  std::map<int, std::filesystem::path> trees;
  std::int64_t latest_mtime = 0;

  guest::PartitionTable table() override { return answer; }

  std::string read_bytes(std::uint64_t offset, std::size_t count) override {
    return offset == 0 ? front.substr(0, count) : back.substr(0, count);
  }

  guest::FileSystem file_system(int partition) override { return file_systems[partition]; }

  void read_tree(int partition, const std::function<void(int fd)>& reader) override {
    need(partition);
    const os::TempDir folder("fake guest");
    const std::filesystem::path tar = folder.path() / "tar";
    {
      os::AtomicFile file(tar);
      archive::FdSink sink(file.fd(), tar);
      archive::write_tree(trees[partition], sink, {.latest_mtime = latest_mtime});
      sink.finish();
      file.commit();
    }
    const os::Fd fd = os::open_file(tar, O_RDONLY);
    reader(fd.get());
  }

  std::optional<std::string> read_file(int partition, const std::string& path,
                                       std::uint64_t limit) override {
    need(partition);
    return os::read_file_if_any(trees[partition] / path, limit);
  }

  std::vector<std::string> names_in(int partition, const std::string& folder) override {
    need(partition);
    std::vector<std::string> names;
    std::error_code failed;
    for (const auto& entry :
         std::filesystem::directory_iterator(trees[partition] / folder, failed)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

private:
  void need(int partition) const {
    if (trees.count(partition) == 0) {
      throw Error(Fault::verification, "cannot mount partition " + std::to_string(partition));
    }
  }
};

}  // namespace ingot::test
