// SPDX-License-Identifier: Apache-2.0
// Brings files of known digest and size from mirrors: in parallel, resuming, hashing as they come.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "report/report.hpp"

namespace ingot::fetch {

struct Wanted {
  std::string name;               ///< for messages: "libc6 2.41-12"
  std::vector<std::string> urls;  ///< mirrors in order: http, https, file URLs or absolute paths
  Sha256 digest;
  Bytes size;
  std::string hint = {};  ///< said after its faults when no mirror had it; may be empty
};

struct Options {
  unsigned parallel = 8;
  std::chrono::seconds connect_timeout{20};
  /// A transfer slower than this for `low_speed_time` is given up and resumed elsewhere.
  std::uint64_t low_speed = 1000;
  std::chrono::seconds low_speed_time{30};
  /// Further rounds over all mirrors of a file whose faults may pass (5xx, 429, cut, time-out).
  unsigned retries = 3;
  std::chrono::milliseconds back_off{500};  ///< before the first further round; doubles
  std::chrono::milliseconds time_limit{0};  ///< for one request, however it goes; 0: none
  bool offline = false;                     ///< only file URLs and folders are asked
  std::string step = "fetch";               ///< whose progress is reported
};

/// Takes over a finished file whose size and digest hold. Runs on the calling thread.
using Sink = std::function<void(const Wanted& wanted, const std::filesystem::path& file)>;

/// Fetches every file through `folder`, where unfinished ones stay for the next run to resume; the
/// digest always covers every byte, also of what was there before. A mirror that answers with a
/// fault, another size, other bytes, nothing, or a redirect to another scheme is left for the next
/// one, and no more than `size` bytes are ever read. Files that succeed reach `sink` even when
/// others fail; equal digests are fetched once. At the end Fault::network names each file that
/// failed and what each mirror said, or Fault::verification when some file was served wrongly by
/// every one of its mirrors. Interrupted when the process was asked to stop.
void fetch_all(const std::vector<Wanted>& wanted, const std::filesystem::path& folder,
               const Sink& sink, Report& report, const Options& options = {});

/// The content behind one URL of at most `limit` bytes; Fault::network says why not.
std::string fetch_text(const std::string& url, Bytes limit, const Options& options = {});

/// The URL of `path` (relative, as in a repository index) on a mirror: escapes what a URL needs
/// escaped; a mirror that is an absolute folder gives a path.
std::string on_mirror(std::string_view mirror, std::string_view path);

/// The URL without its user name and password, for messages.
std::string shown(std::string_view url);

}  // namespace ingot::fetch
