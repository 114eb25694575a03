// SPDX-License-Identifier: Apache-2.0
#include "guest/session.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "base/format.hpp"
#include "base/words.hpp"
#include "guest/library.hpp"
#include "os/fd.hpp"
#include "os/signals.hpp"

namespace ingot::guest {
namespace {

using Text = CHandle<char, ::free>;

constexpr const char* device = "/dev/sda";
constexpr std::size_t kept_lines = 15;

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::string partition_device(int number) { return device + std::to_string(number); }

void free_names(char** names) noexcept {
  for (char** at = names; at != nullptr && *at != nullptr; ++at) ::free(*at);
  ::free(names);
}

/// What a machine said last, for the message when it fails.
class LastWords {
public:
  void add(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    for (const std::string& line : split(text, '\n')) {
      if (trimmed(line).empty()) continue;
      lines_.push_back(line.substr(0, 200));
      if (lines_.size() > kept_lines) lines_.pop_front();
    }
  }

  std::string text() {
    const std::scoped_lock lock(mutex_);
    std::string all;
    for (const std::string& line : lines_) all += "\n  " + line;
    return all;
  }

private:
  std::mutex mutex_;
  std::deque<std::string> lines_;
};

}  // namespace

class Session::Machine {
public:
  Machine(const SessionRequest& request, Report& report) : request_(request), report_(report) {
    // An emulated machine can die before it speaks; the second one says why.
    if (!start(Talk::no)) {
      report_.warning("the appliance that reads disks did not start; trying once more");
      start(Talk::yes);
    }
  }

  guestfs_h* get() const noexcept { return library_.get(); }

  /// Makes `partition` the root of what is asked for by path.
  void mount(int partition) {
    if (mounted_ == partition) return;
    check(guestfs_umount_all(get()) == 0, "unmount");
    mounted_ = 0;
    check(guestfs_mount_ro(get(), partition_device(partition).c_str(), "/") == 0,
          format("mount partition {}", partition));
    mounted_ = partition;
  }

  void check(bool good, std::string_view doing) const {
    check_library(get(), good, Fault::verification, doing);
  }

private:
  enum class Talk { no, yes };

  bool start(Talk talk) {
    library_ = new_library();
    guestfs_h* const library = get();
    guestfs_set_event_callback(
        library, on_event, GUESTFS_EVENT_APPLIANCE | GUESTFS_EVENT_LIBRARY | GUESTFS_EVENT_WARNING,
        0, this);
    guestfs_set_verbose(library, talk == Talk::yes ? 1 : 0);
    const auto set = [&](int result) {
      check_library(library, result == 0, Fault::environment, "set up libguestfs");
    };
    set(guestfs_set_backend(library, "direct"));
    set(guestfs_set_path(library, request_.appliance.c_str()));
    set(guestfs_set_tmpdir(library, request_.scratch.c_str()));
    set(guestfs_set_cachedir(library, request_.scratch.c_str()));
    set(guestfs_set_memsize(library, static_cast<int>(request_.memory.count >> 20)));
    if (request_.acceleration == Acceleration::emulated) {
      set(guestfs_set_backend_setting(library, "force_tcg", "1"));
    }
    set(guestfs_add_drive_opts(library, request_.disk.c_str(), GUESTFS_ADD_DRIVE_OPTS_READONLY, 1,
                               GUESTFS_ADD_DRIVE_OPTS_FORMAT,
                               std::string(name_of(request_.format)).c_str(), -1));
    if (guestfs_launch(library) == 0) return true;
    if (talk == Talk::no) {
      os::check_stop();
      return false;
    }
    during("its last words were:" + words_.text(), [&] {
      check_library(library, false, Fault::environment, "start the appliance that reads disks");
    });
    return false;
  }

  static void on_event(guestfs_h*, void* opaque, std::uint64_t event, int, int, const char* text,
                       std::size_t size, const std::uint64_t*, std::size_t) noexcept {
    auto* machine = static_cast<Machine*>(opaque);
    try {
      if (event == GUESTFS_EVENT_WARNING) machine->report_.warning({text, size});
      machine->words_.add({text, size});
    } catch (...) {
      // A line lost to a lack of memory; C code cannot be told.
    }
  }

  const SessionRequest request_;
  Report& report_;
  LastWords words_;
  LibraryHandle library_;
  int mounted_ = 0;
};

Session::Session(const SessionRequest& request, Report& report)
    : machine_(during(format("opening {} in an appliance", request.disk.string()),
                      [&] { return std::make_unique<Machine>(request, report); })) {}

Session::~Session() = default;

PartitionTable Session::table() {
  guestfs_h* const library = machine_->get();
  PartitionTable table;
  const std::int64_t size = guestfs_blockdev_getsize64(library, device);
  machine_->check(size >= 0, "ask for the size of the disk");
  table.disk = {static_cast<std::uint64_t>(size)};
  const Text kind(guestfs_part_get_parttype(library, device));
  if (!kind) return table;  // the library has no other word for "there is no table"
  table.kind = kind.get();
  const bool gpt = table.kind == "gpt";
  if (gpt) {
    const Text id(guestfs_part_get_disk_guid(library, device));
    machine_->check(id != nullptr, "ask for the id of the partition table");
    table.id = lower(id.get());
  }
  const CHandle<guestfs_partition_list, guestfs_free_partition_list> list(
      guestfs_part_list(library, device));
  machine_->check(list != nullptr, "list the partitions");
  for (std::uint32_t i = 0; i < list->len; ++i) {
    const guestfs_partition& found = list->val[i];
    Partition partition;
    partition.number = found.part_num;
    partition.start = found.part_start;
    partition.size = {found.part_size};
    if (gpt) {
      const Text type(guestfs_part_get_gpt_type(library, device, found.part_num));
      const Text id(guestfs_part_get_gpt_guid(library, device, found.part_num));
      const Text name(guestfs_part_get_name(library, device, found.part_num));
      machine_->check(type && id && name, format("ask about partition {}", found.part_num));
      partition.type = lower(type.get());
      partition.id = lower(id.get());
      partition.name = name.get();
    }
    table.partitions.push_back(std::move(partition));
  }
  return table;
}

std::string Session::read_bytes(std::uint64_t offset, std::size_t count) {
  std::size_t got = 0;
  const Text bytes(guestfs_pread_device(machine_->get(), device, static_cast<int>(count),
                                        static_cast<std::int64_t>(offset), &got));
  machine_->check(bytes != nullptr, format("read {} bytes at {} of the disk", count, offset));
  return std::string(bytes.get(), got);
}

FileSystem Session::file_system(int partition) {
  guestfs_h* const library = machine_->get();
  const std::string name = partition_device(partition);
  const auto text = [&](char* answer, std::string_view doing) {
    const Text owned(answer);
    machine_->check(owned != nullptr, format("{} of partition {}", doing, partition));
    return std::string(owned.get());
  };
  FileSystem found;
  found.kind = text(guestfs_vfs_type(library, name.c_str()), "tell the file system");
  if (found.kind.empty()) return found;
  found.uuid = text(guestfs_vfs_uuid(library, name.c_str()), "read the UUID");
  found.label = text(guestfs_vfs_label(library, name.c_str()), "read the label");
  return found;
}

void Session::read_tree(int partition, const std::function<void(int fd)>& reader) {
  machine_->mount(partition);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  os::Fd reading(ends[0]);
  os::Fd writing(ends[1]);
  // The library opens its target by name, so it gets a descriptor of its own; ours must be gone
  // before the reader can see the end.
  const std::string target = "/proc/self/fd/" + std::to_string(writing.get());
  int result = -1;
  std::thread sender([&] {
    result = guestfs_tar_out_opts(machine_->get(), "/", target.c_str(),
                                  GUESTFS_TAR_OUT_OPTS_NUMERICOWNER, 1, GUESTFS_TAR_OUT_OPTS_XATTRS,
                                  1, -1);
    writing.reset();
  });
  std::exception_ptr failure;
  try {
    reader(reading.get());
  } catch (...) {
    failure = std::current_exception();
  }
  // To the end in any case: a machine that cannot send would wait for ever.
  try {
    std::array<std::uint8_t, 65536> rest{};
    while (os::read_some(reading.get(), rest, "the appliance's stream") != 0) {
    }
  } catch (const Error&) {
    reading.reset();
  }
  sender.join();
  // A stream that breaks off makes the reader fail as well; the machine knows why.
  machine_->check(result == 0, format("read the files of partition {}", partition));
  if (failure) std::rethrow_exception(failure);
}

std::optional<std::string> Session::read_file(int partition, const std::string& path,
                                              std::uint64_t limit) {
  machine_->mount(partition);
  guestfs_h* const library = machine_->get();
  const std::string name = "/" + path;
  const int there =
      guestfs_is_file_opts(library, name.c_str(), GUESTFS_IS_FILE_OPTS_FOLLOWSYMLINKS, 1, -1);
  machine_->check(there >= 0, format("look for /{}", path));
  if (there == 0) return std::nullopt;
  const std::int64_t size = guestfs_filesize(library, name.c_str());
  machine_->check(size >= 0, format("ask for the size of /{}", path));
  if (static_cast<std::uint64_t>(size) > limit) {
    throw Error(Fault::verification, format("/{} has more than {} bytes", path, limit));
  }
  std::size_t count = 0;
  const Text content(guestfs_read_file(library, name.c_str(), &count));
  machine_->check(content != nullptr, format("read /{}", path));
  return std::string(content.get(), count);
}

std::vector<std::string> Session::names_in(int partition, const std::string& folder) {
  machine_->mount(partition);
  guestfs_h* const library = machine_->get();
  const std::string name = "/" + folder;
  const int there = guestfs_is_dir(library, name.c_str());
  machine_->check(there >= 0, format("look for /{}", folder));
  if (there == 0) return {};
  const CHandle<char*, free_names> list(guestfs_ls(library, name.c_str()));
  machine_->check(list != nullptr, format("list /{}", folder));
  std::vector<std::string> names;
  for (char** at = list.get(); *at != nullptr; ++at) names.emplace_back(*at);
  std::sort(names.begin(), names.end());
  return names;
}

void Session::close() {
  if (!machine_) return;
  machine_->check(guestfs_shutdown(machine_->get()) == 0, "shut the appliance down");
  machine_.reset();
}

}  // namespace ingot::guest
