// SPDX-License-Identifier: Apache-2.0
// An entry as one file that another store can take over: its root, facts, and what lies beside.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "crypto/hasher.hpp"
#include "store/store.hpp"

namespace ingot::store {

/// Packs and compresses the entry into the new file `to`, with all cores. Fault::io when the entry
/// goes away meanwhile.
crypto::FileDigest pack_entry(const Entry& entry, const std::filesystem::path& to);

/// Unpacks into an empty stage and gives the facts that commit() is to be called with. Fault::
/// verification when the file is none of pack_entry(). What it holds is believed: whoever calls
/// this has checked that it comes from somebody trusted.
std::map<std::string, std::string> unpack_entry(const std::filesystem::path& from,
                                                const Stage& stage);

/// The stage as the entry it will be.
Entry entry_of(const Stage& stage, const std::map<std::string, std::string>& facts);

}  // namespace ingot::store
