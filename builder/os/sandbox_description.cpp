// SPDX-License-Identifier: Apache-2.0
#include "os/sandbox_description.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace ingot::os {
namespace {

using nlohmann::json;

json strings(const std::vector<std::filesystem::path>& paths) {
  json list = json::array();
  for (const std::filesystem::path& path : paths) list.push_back(path.string());
  return list;
}

json maybe(const std::optional<std::filesystem::path>& path) {
  return path ? json(path->string()) : json();
}

std::optional<std::filesystem::path> maybe_path(const json& value) {
  if (value.is_null()) return std::nullopt;
  return std::filesystem::path(value.get<std::string>());
}

}  // namespace

std::vector<std::uint8_t> packed(const SandboxDescription& description) {
  json binds = json::array();
  for (const Bind& bind : description.root.binds) {
    binds.push_back({{"source", bind.source.string()},
                     {"target", bind.target},
                     {"writable", bind.access == Access::read_write}});
  }
  const json whole = {{"lowers", strings(description.root.lowers)},
                      {"upper", maybe(description.root.upper)},
                      {"work", maybe(description.root.work)},
                      {"binds", binds},
                      {"program", description.command.program},
                      {"args", description.command.args},
                      {"env", description.command.env},
                      {"cwd", description.command.cwd.string()},
                      {"kept", description.kept},
                      {"trace", description.trace_fd ? json(*description.trace_fd) : json()},
                      {"turn", description.turn},
                      {"caller", description.caller}};
  return json::to_cbor(whole);
}

SandboxDescription unpacked(std::span<const std::uint8_t> bytes) {
  try {
    const json whole = json::from_cbor(bytes.begin(), bytes.end());
    SandboxDescription description;
    for (const json& lower : whole.at("lowers")) {
      description.root.lowers.emplace_back(lower.get<std::string>());
    }
    description.root.upper = maybe_path(whole.at("upper"));
    description.root.work = maybe_path(whole.at("work"));
    for (const json& bind : whole.at("binds")) {
      description.root.binds.push_back(
          {.source = bind.at("source").get<std::string>(),
           .target = bind.at("target").get<std::string>(),
           .access = bind.at("writable").get<bool>() ? Access::read_write : Access::read_only});
    }
    whole.at("program").get_to(description.command.program);
    whole.at("args").get_to(description.command.args);
    whole.at("env").get_to(description.command.env);
    description.command.cwd = whole.at("cwd").get<std::string>();
    whole.at("kept").get_to(description.kept);
    if (const json& trace = whole.at("trace"); !trace.is_null())
      description.trace_fd = trace.get<int>();
    whole.at("turn").get_to(description.turn);
    whole.at("caller").get_to(description.caller);
    return description;
  } catch (const json::exception& error) {
    throw Error(Fault::internal,
                std::string("sandbox-init is not for use by hand; its description is broken: ") +
                    error.what());
  }
}

}  // namespace ingot::os
