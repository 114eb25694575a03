// SPDX-License-Identifier: Apache-2.0
// A healthy node's files in a temporary folder, for tests to break one thing at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "check.hpp"
#include "node.hpp"
#include "signing.hpp"

namespace selftest_test {

constexpr const char* kernel = "6.12.117+deb13-amd64";
constexpr const char* driver = "550.163.01";
constexpr const char* libraries = "/usr/lib/x86_64-linux-gnu";
constexpr const char* modules = "/usr/lib/modules/6.12.117+deb13-amd64/updates/nvidia";

class FakeTree {
public:
  FakeTree();
  ~FakeTree();
  FakeTree(const FakeTree&) = delete;
  FakeTree& operator=(const FakeTree&) = delete;

  std::filesystem::path at(const std::string& absolute) const { return root_ / absolute.substr(1); }
  void write(const std::string& absolute, const std::string& text, bool executable = false);
  void replace(const std::string& absolute, const std::string& from, const std::string& to);
  void remove(const std::string& absolute);
  void link(const std::string& absolute, const std::string& target);

  /// The manifest; `seal` writes and signs it.
  nlohmann::json manifest;
  void seal(const Signer& signer = module_key());

  void module(const std::string& name, const std::string& version = driver,
              const std::string& release = kernel, const std::string& license = "NVIDIA",
              const Signer& signer = module_key());
  void gpus(int count);

  ingot::selftest::Options options() const;
  ingot::selftest::Node node() const;
  /// Runs one check in this process, as the runner would in another.
  ingot::selftest::Result check(const std::string& id) const;

private:
  std::filesystem::path root_;
};

/// Runs one check on a node; a check that does not apply is skipped.
ingot::selftest::Result run_check(const std::string& id, const ingot::selftest::Node& node);

bool holds(const std::string& text, const std::string& part);

}  // namespace selftest_test
