// SPDX-License-Identifier: Apache-2.0
// Projects of definitions on disk that a test may change.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <stdlib.h>

namespace ingot::spec {

inline std::filesystem::path test_definitions() {
  return std::filesystem::path(INGOT_TEST_DATA) / "spec";
}

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// A copy of the good project that the destructor removes.
class ScratchProject {
public:
  ScratchProject() {
    std::string name = (std::filesystem::temp_directory_path() / "ingot spec-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    root_ = name;
    overlay(test_definitions() / "good");
  }
  ScratchProject(const ScratchProject&) = delete;
  ScratchProject& operator=(const ScratchProject&) = delete;
  ~ScratchProject() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  const std::filesystem::path& root() const { return root_; }

  void overlay(const std::filesystem::path& folder) {
    using std::filesystem::copy_options;
    std::filesystem::copy(folder, root_,
                          copy_options::recursive | copy_options::overwrite_existing);
  }

  void write(const std::string& file, const std::string& text) {
    const std::filesystem::path path = root_ / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
  }

private:
  std::filesystem::path root_;
};

}  // namespace ingot::spec
