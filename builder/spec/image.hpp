// SPDX-License-Identifier: Apache-2.0
// An image as its file defines it: a list of layers and metadata.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "spec/diagnostic.hpp"
#include "spec/driver.hpp"
#include "spec/node.hpp"
#include "spec/option.hpp"

namespace ingot::spec {

enum class GpuDemand { none, optional, required };
enum class ImageFormat { tar, netboot, disk, qcow2 };

std::string_view name_of(GpuDemand demand) noexcept;
std::string_view name_of(ImageFormat format) noexcept;

struct Profile {
  GpuDemand gpus = GpuDemand::none;
  std::optional<int> count;  ///< only with GpuDemand::required
};

struct Disk {
  Bytes size = 6_GiB;
  Bytes esp = 512_MiB;
};

struct DriverUse {
  Located version;
  Flavour flavour = Flavour::open;
  Place flavour_place;
};

/// A value as written, before the layer's declaration says what type it must have.
struct OptionSetting {
  Located name;
  Node value;
};

struct LayerUse {
  Located name;
  std::vector<OptionSetting> options;
};

struct Image {
  std::string name;
  std::string version;
  std::string architecture;
  std::string description;
  std::optional<Located> kernel;  ///< empty when written, but not readable
  std::optional<DriverUse> driver;
  Profile profile;
  std::vector<LayerUse> layers;
  std::vector<Located> kernel_line;
  std::vector<ImageFormat> formats;
  Disk disk;
  std::string file;  ///< "images/debian-13.yaml"
};

}  // namespace ingot::spec
