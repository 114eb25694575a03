// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "archive/deb.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "package/apt.hpp"

namespace ingot::package {
namespace {

namespace fs = std::filesystem;

/// The folders that a merged /usr has as links; packages of some releases rely on finding them.
void link_merged_folders(const fs::path& root) {
  for (const char* name : {"bin", "sbin", "lib", "lib64"}) {
    std::error_code failed;
    fs::create_directories(root / "usr" / name, failed);
    if (!failed) fs::create_symlink(fs::path("usr") / name, root / name, failed);
    if (failed)
      throw Error(Fault::io,
                  format("cannot prepare {}: {}", (root / name).string(), failed.message()));
  }
}

bool is_needed(std::string_view path) {
  for (const char* part :
       {"usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/info/"})
    if (path.starts_with(part)) return false;
  return true;
}

Sha256 key_of(const std::vector<ResolvedPackage>& packages) {
  crypto::FieldHasher key("ingot.apt-tree.v1");
  for (const ResolvedPackage& package : packages) key.field(package.digest);
  return key.finish();
}

}  // namespace

void Apt::use_target_apt() {
  target_root_.reset();
  ResolveRequest request;
  for (const char* name : {"apt", "base-files", "dpkg"}) request.asked.push_back({name, {}, "the solver"});
  const std::vector<ResolvedPackage> packages = resolve(request).packages;
  const Sha256 key = key_of(packages);
  if (const auto entry = store_.find_entry(key)) {
    target_root_ = entry->root;
    return;
  }

  std::map<std::string, std::string> url_of;
  for (std::size_t i = 0; i < setup_.repositories.size(); ++i)
    url_of[setup_.repositories[i].name] = chosen_urls_[i];
  std::vector<fetch::Wanted> wanted;
  for (const ResolvedPackage& package : packages) {
    if (store_.find_blob(package.digest, package.size)) continue;
    wanted.push_back({format("{} {}", package.name, package.version),
                      {fetch::on_mirror(url_of.at(package.repository), package.filename)},
                      package.digest,
                      package.size});
  }
  const fetch::Sink keep = [&](const fetch::Wanted& one, const fs::path& file) {
    store_.add_blob(file, one.digest);
  };
  fetch::fetch_all(wanted, store_.downloads(), keep, report_, setup_.fetch);

  auto stage = store_.begin_entry(key);
  if (stage) {
    link_merged_folders(stage->folder());
    archive::ExtractOptions options;
    options.keep = is_needed;
    for (const ResolvedPackage& package : packages)
      during(format("unpacking {}", package.name), [&] {
        store_.verify_blob(package.digest);
        archive::extract_deb(store_.blob_path(package.digest), stage->folder(), options);
      });
    target_root_ = stage->commit({{"step", "solver"}}).root;
  } else {
    target_root_ = store_.find_entry(key).value().root;
  }
}

}  // namespace ingot::package
