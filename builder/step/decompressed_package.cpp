// SPDX-License-Identifier: Apache-2.0
#include "step/decompressed_package.hpp"

#include "archive/decompressed_deb.hpp"
#include "archive/ordered_work.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "os/signals.hpp"
#include "step/build_root.hpp"
#include "store/entry_index.hpp"

namespace ingot::step {
namespace fs = std::filesystem;

namespace {

constexpr const char* file_name = "package.deb";

std::optional<fs::path> found(const Workplace& workplace, const spec::LockedPackage& package,
                              const Sha256& key) {
  const auto entry = workplace.store.find_entry(key);
  if (!entry) return std::nullopt;
  const auto altered = store::alteration(*entry, store::Look::quick);
  if (!altered) return entry->root / file_name;
  workplace.report.warning(
      format("the store's decompressed package {} was altered; it is made again: {}", package.name,
             *altered));
  workplace.store.remove_entry(key);
  return std::nullopt;
}

fs::path decompressed(const Workplace& workplace, const spec::LockedPackage& package) {
  const Sha256 key = decompressed_package_key(package.sha256);
  if (auto file = found(workplace, package, key)) return std::move(*file);
  if (auto stage = workplace.store.begin_entry(key)) {
    const fs::path blob = sound_blob_of(workplace.store, package);
    during("decompressing " + package.name + " " + package.version,
           [&] { archive::decompress_deb(blob, stage->folder() / file_name); });
    store::write_index(*stage);
    return stage->commit({{"step", "package/" + package.name}}).root / file_name;
  }
  // Another build made it meanwhile.
  if (const auto entry = workplace.store.find_entry(key)) return entry->root / file_name;
  throw Error(Fault::io, "the store lost the decompressed package " + package.name);
}

}  // namespace

Sha256 decompressed_package_key(const Sha256& package) {
  return crypto::FieldHasher("ingot.decompressed-package.v1").field(package).finish();
}

std::vector<fs::path> decompressed_packages(const Workplace& workplace,
                                            const std::vector<spec::LockedPackage>& packages) {
  using Files = archive::OrderedWork<fs::path>;
  Files work(
      packages.size(), {}, [](std::size_t) { return 1; },
      [&]() -> Files::Work {
        return [&](std::size_t index) {
          os::check_stop();
          return decompressed(workplace, packages[index]);
        };
      });
  std::vector<fs::path> files;
  for (std::size_t i = 0; i < packages.size(); ++i) files.push_back(work.next());
  return files;
}

}  // namespace ingot::step
