// SPDX-License-Identifier: Apache-2.0
// SHA-256 for those who list trees and archives.
#pragma once

#include "archive/listing.hpp"

namespace ingot::store {

/// For one listing at a time.
archive::ContentDigest sha256_of_content();

}  // namespace ingot::store
