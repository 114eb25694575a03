// SPDX-License-Identifier: Apache-2.0
// How OpenSSL's failures become ours: the whole error queue in the message.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/handle.hpp"

struct bio_st;

namespace ingot::crypto {

/// Empties this thread's queue; "reason (library), reason (library)", or "" when it was empty.
std::string drained_errors();

/// Throws with `message` and what the queue holds.
[[noreturn]] void throw_openssl(Fault fault, std::string message);

/// Throws Fault::internal unless `result` is 1, as most of OpenSSL says success.
void require_one(int result, std::string_view doing);

/// The handle, or Fault::internal when it is null.
template <class Handle>
Handle required(Handle handle, std::string_view doing) {
  if (!handle) throw_openssl(Fault::internal, "OpenSSL could not " + std::string(doing));
  return handle;
}

void free_bio(bio_st* bio) noexcept;
using BioHandle = CHandle<bio_st, free_bio>;

/// A growing buffer, wiped when freed.
BioHandle memory_bio();
/// Reads `bytes`, which must outlive it; Fault::input above 2 GiB.
BioHandle reading_bio(std::string_view bytes);
std::string_view content_of(bio_st* bio);

}  // namespace ingot::crypto
