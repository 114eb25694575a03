// SPDX-License-Identifier: Apache-2.0
// One wanted file: which mirror is asked next, what each has said, and the bytes so far.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fetch/curl.hpp"
#include "fetch/fetch.hpp"
#include "fetch/partial.hpp"

namespace ingot::fetch {

class Job {
public:
  enum class State { ready, waiting, done, failed };

  Job(const Wanted& wanted, const std::filesystem::path& folder, const Options& options);
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  const Wanted& wanted() const noexcept { return wanted_; }
  State state() const noexcept { return state_; }
  const std::string& url() const { return wanted_.urls[mirror_]; }
  std::chrono::milliseconds pause() const noexcept { return pause_; }
  std::uint64_t received() const noexcept { return partial_.size(); }
  const std::filesystem::path& file() const noexcept { return partial_.path(); }
  /// "what each mirror said", for the message at the end.
  std::string faults() const;
  /// Every mirror served bytes that are not the file's.
  bool wrong_everywhere() const;

  /// Opens the part file; done at once when a former run has left all of it.
  void prepare();
  /// The request to the current mirror. prepare() came first.
  CURL* start();
  /// After the request has ended with `code`.
  void ended(CURLcode code, bool& unreachable);
  /// Copies from the current mirror, which is a folder or file URL.
  void copy(const std::filesystem::path& source);
  /// Leaves the current mirror without asking it.
  void skip(std::string said, bool may_pass);
  /// After its pause, asks again from the first mirror that may have recovered.
  void wake();

private:
  struct Mirror {
    std::string said;
    bool may_pass = true;
    bool wrong = false;
  };

  static std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* self) noexcept;
  static std::size_t on_header(char* bytes, std::size_t one, std::size_t count,
                               void* self) noexcept;
  bool take_header(std::string_view line);
  bool take_body(std::span<const std::uint8_t> bytes);
  bool begin_body();
  void check_finished();
  void fault(Mirror verdict);
  void next_mirror();

  const Wanted& wanted_;
  const Options& options_;
  Partial partial_;
  std::vector<Mirror> mirrors_;
  std::size_t mirror_ = 0;
  unsigned round_ = 0;
  State state_ = State::ready;
  std::chrono::milliseconds pause_{0};

  // Of the running request.
  EasyHandle request_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::uint64_t offset_ = 0;  ///< where it was asked to begin
  bool body_began_ = false;
  std::string content_range_;
  std::string refused_;         ///< why we ended it ourselves
  bool refused_wrong_ = false;  ///< because the bytes are not the file's
  std::exception_ptr failure_;  ///< of our own disk; must not cross libcurl
};

}  // namespace ingot::fetch
