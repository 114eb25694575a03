// SPDX-License-Identifier: Apache-2.0
// The definitions of one project by name; each file is read once, when first asked for.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "spec/diagnostic.hpp"
#include "spec/driver.hpp"
#include "spec/image.hpp"
#include "spec/kernel.hpp"
#include "spec/layer.hpp"
#include "spec/matrix.hpp"
#include "spec/node.hpp"
#include "spec/parse.hpp"

namespace ingot::spec {

class Catalogue {
public:
  /// Lists the project's folders; `diagnostics` must outlive the catalogue.
  Catalogue(const std::filesystem::path& project, Diagnostics& diagnostics);

  const std::filesystem::path& project() const noexcept { return project_; }
  const std::vector<std::string>& image_names() const noexcept { return image_names_; }
  const std::vector<std::string>& layer_names() const noexcept { return layer_names_; }
  const std::vector<std::string>& kernel_names() const noexcept { return kernel_names_; }
  const std::vector<std::string>& driver_names() const noexcept { return driver_names_; }

  /// Null, with a fault at `asked`, when there is none of that name; null when its file cannot be
  /// parsed, which is a fault of the file.
  const Image* image(const Located& asked);
  const Layer* layer(const Located& asked);
  const Kernel* kernel(const Located& asked);
  const Driver* driver(const Located& asked);
  /// The rows of kernels/matrix.yaml; none when there is no such file.
  const std::vector<Pair>& pairs();

  /// Adds a fault when `name` is not among `names`; true when it is.
  bool require_name(const Located& name, const std::string& what,
                    const std::vector<std::string>& names);

  /// The files read so far, relative to the project.
  const std::set<std::string>& files() const noexcept { return files_; }

  static constexpr const char* matrix_file = "kernels/matrix.yaml";

private:
  std::optional<Node> read(const std::string& file);
  Origin origin_of(const std::string& file, const std::string& name) const;
  void check_links(Layer& layer);
  void settle(std::vector<Condition>& conditions);
  void check_links(const Driver& driver);

  std::filesystem::path project_;
  Diagnostics& diagnostics_;
  std::vector<std::string> image_names_;
  std::vector<std::string> layer_names_;
  std::vector<std::string> kernel_names_;
  std::vector<std::string> driver_names_;
  std::map<std::string, std::optional<Image>> images_;
  std::map<std::string, std::optional<Layer>> layers_;
  std::map<std::string, std::optional<Kernel>> kernels_;
  std::map<std::string, std::optional<Driver>> drivers_;
  std::optional<std::vector<Pair>> pairs_;
  std::set<std::string> files_;
};

}  // namespace ingot::spec
