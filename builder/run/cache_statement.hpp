// SPDX-License-Identifier: Apache-2.0
// What is signed of a result that a registry keeps for others, as text and back.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "crypto/hasher.hpp"

namespace ingot::run {

struct CacheStatement {
  Sha256 key;                         ///< of the step or format
  std::string step;                   ///< its name, for messages
  crypto::FileDigest payload;         ///< the packed result
  std::chrono::milliseconds cost{0};  ///< what making it took
};

/// An in-toto statement with the payload as its only subject.
std::string text_of(const CacheStatement& statement);

/// Fault::verification for anything that text_of() would not write, but further fields of the
/// predicate are passed over. Of another version than ours it says so.
CacheStatement parse_cache_statement(std::string_view text);

}  // namespace ingot::run
