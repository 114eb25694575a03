// SPDX-License-Identifier: Apache-2.0
// Names and numbers of certificates as text.
#pragma once

#include <string>

struct X509_name_st;
struct asn1_string_st;

namespace ingot::crypto {

/// Lower-case hexadecimal without leading zeros, of an ASN1_INTEGER.
std::string hex_of(const asn1_string_st* integer);

/// The first common name in UTF-8, "" when there is none.
std::string common_name_of(const X509_name_st* name);

}  // namespace ingot::crypto
