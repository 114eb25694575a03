// SPDX-License-Identifier: Apache-2.0
#include "run/cache_statement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::run {
namespace {

using nlohmann::json;

constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";
constexpr std::string_view predicate_type = "https://ingot.example/attestations/cache-entry/v1";
/// Of the packed result: who cannot unpack it must not try.
constexpr std::uint64_t format_version = 1;
constexpr std::size_t longest_name = 200;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Fault::verification, "its statement is refused: " + reason);
}

const json& member(const json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) refuse(format("it lacks '{}'", name));
  return object.at(name);
}

std::string text_at(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_string()) refuse(format("'{}' is no text", name));
  return value.get<std::string>();
}

std::uint64_t number_at(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_number_unsigned()) refuse(format("'{}' is no whole number", name));
  return value.get<std::uint64_t>();
}

Sha256 digest_at(const json& object, const char* name) {
  try {
    return Sha256::from_hex(text_at(object, name));
  } catch (const Error& error) {
    if (error.fault() == Fault::verification) throw;
    refuse(format("'{}' is no digest", name));
  }
}

}  // namespace

std::string text_of(const CacheStatement& statement) {
  using Ordered = nlohmann::ordered_json;
  Ordered root;
  root["_type"] = statement_type;
  root["subject"] = Ordered::array();
  root["subject"].push_back(
      {{"name", statement.key.hex()}, {"digest", {{"sha256", statement.payload.digest.hex()}}}});
  root["predicateType"] = predicate_type;
  root["predicate"] = {{"format", format_version},
                       {"key", statement.key.hex()},
                       {"step", statement.step},
                       {"size", statement.payload.size},
                       {"milliseconds", statement.cost.count()}};
  return root.dump();
}

CacheStatement parse_cache_statement(std::string_view text) {
  const json root = crypto::parse_strict_json(text, "the statement of a shared result");
  if (text_at(root, "_type") != statement_type) refuse("it is no in-toto statement v1");
  if (text_at(root, "predicateType") != predicate_type)
    refuse(format("its predicate is not {}", predicate_type));
  const json& predicate = member(root, "predicate");
  if (number_at(predicate, "format") != format_version)
    refuse(format("it is packed in format {}, and this version of ingot knows format {}",
                  number_at(predicate, "format"), format_version));
  const json& subjects = member(root, "subject");
  if (!subjects.is_array() || subjects.size() != 1) refuse("it has not exactly one subject");
  const json& digest = member(subjects.at(0), "digest");
  if (digest.size() != 1) refuse("it has not exactly one digest");
  CacheStatement statement{.key = digest_at(predicate, "key"),
                           .step = text_at(predicate, "step"),
                           .payload = {digest_at(digest, "sha256"), number_at(predicate, "size")},
                           .cost = std::chrono::milliseconds(std::min<std::uint64_t>(
                               number_at(predicate, "milliseconds"), 1ULL << 40))};
  if (text_at(subjects.at(0), "name") != statement.key.hex()) refuse("its subject has another key");
  if (statement.step.empty() || statement.step.size() > longest_name)
    refuse("it names no possible step");
  return statement;
}

}  // namespace ingot::run
