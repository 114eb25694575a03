// SPDX-License-Identifier: Apache-2.0
#include "run/development_keys.hpp"

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/file.hpp"
#include "os/file_lock.hpp"
#include "run/key_files.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

/// What a process left that was killed while it made keys. The lock is ours.
void sweep(const fs::path& cache) {
  std::vector<fs::path> dead;
  std::error_code failed;
  for (const auto& item : fs::directory_iterator(cache, failed))
    if (item.path().filename().string().starts_with("development-keys-"))
      dead.push_back(item.path());
  for (const fs::path& folder : dead) os::remove_tree(folder);
}

DevelopmentKeys load(const fs::path& folder) {
  return during(format("loading the development keys in {}; when they are damaged, remove that "
                       "folder and new ones are made",
                       folder.string()),
                [&] {
                  DevelopmentKeys keys{crypto::PrivateKey::load(folder / "release.key"),
                                       crypto::PrivateKey::load(folder / "module.key"),
                                       crypto::Certificate::load(folder / "module.crt")};
                  if (!keys.module_certificate.belongs_to(keys.module)) {
                    throw Error(Fault::input, "module.crt does not belong to module.key");
                  }
                  return keys;
                });
}

}  // namespace

DevelopmentKeys load_or_make_development_keys(const fs::path& cache) {
  const fs::path folder = cache / "development-keys";
  std::error_code failed;
  fs::create_directories(cache, failed);
  if (failed) {
    throw Error(Fault::io, format("cannot make {}: {}", cache.string(), failed.message()));
  }
  const os::FileLock lock = os::FileLock::wait(cache / "development-keys.lock");
  if (!fs::is_directory(folder, failed)) {
    sweep(cache);
    // All of them appear at once, or none does.
    os::TempDir fresh("development-keys", cache);
    (void)make_release_key(fresh.path());
    (void)make_module_key(fresh.path(), std::string(development_common_name));
    fs::rename(fresh.path(), folder, failed);
    if (failed) {
      throw Error(Fault::io, format("cannot make {}: {}", folder.string(), failed.message()));
    }
    (void)fresh.keep();
  }
  return load(folder);
}

}  // namespace ingot::run
