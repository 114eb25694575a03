// SPDX-License-Identifier: Apache-2.0
#include "run/format_keys.hpp"

#include "crypto/hasher.hpp"
#include "run/agreement_facts.hpp"

namespace ingot::run {

std::vector<std::string> format_names(const spec::ResolvedImage& image) {
  std::vector<std::string> names = {"agreement"};
  if (image.has_format(spec::ImageFormat::netboot))
    names.insert(names.end(), {"root-image", "kernel", "uki"});
  const bool qcow2 = image.has_format(spec::ImageFormat::qcow2);
  if (qcow2 || image.has_format(spec::ImageFormat::disk)) names.emplace_back("disk");
  if (qcow2) names.emplace_back("qcow2");
  if (image.has_format(spec::ImageFormat::tar)) names.emplace_back("rootfs-tar");
  return names;
}

Sha256 FormatKeys::of_file_list() const {
  return crypto::FieldHasher("ingot.file-list.v1")
      .field(program_)
      .field(step::stem_of(image_))
      .field(plan_.at("seal").key)
      .finish();
}

Sha256 FormatKeys::of(const std::string& format, const Sha256& list) const {
  crypto::FieldHasher tools("ingot.build-root.v1");
  for (const std::string& step : plan_.build_root()) tools.field(plan_.at(step).key);
  const Sha256 build_root = tools.finish();
  crypto::FieldHasher hasher("ingot.format.v1");
  hasher.field(program_).field(format).field(step::stem_of(image_)).field(list);
  hasher.field(build_root).field(lock_.definitions);
  if (format == "root-image") hasher.field(static_cast<std::uint64_t>(compression_.root_image));
  if (format == "uki") hasher.field(static_cast<std::uint64_t>(compression_.root_image));
  if (format == "qcow2") hasher.field(static_cast<std::uint64_t>(compression_.qcow2));
  if (format == "rootfs-tar") hasher.field(static_cast<std::uint64_t>(compression_.tar));
  hasher.field(static_cast<std::uint64_t>(lock_.epoch));
  hasher.field(image_.disk.size.count).field(image_.disk.esp.count);
  hasher.field(image_.has_format(spec::ImageFormat::disk) ? 1U : 0U);
  hasher.field(key_of(agreement_facts(image_, lock_, keys_.module_certificate, {}), build_root));
  return hasher.finish();
}

}  // namespace ingot::run
