// SPDX-License-Identifier: Apache-2.0
#include "step/overlay_files.hpp"

#include "archive/sink.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace ingot::step {
namespace {

void write_normalised(const std::filesystem::path& files, const std::filesystem::path& target,
                      std::int64_t epoch) {
  os::AtomicFile file(target);
  archive::FdSink sink(file.fd(), target);
  archive::TarWriter writer(sink, {.latest_mtime = epoch});
  os::walk_tree(files, [&](const os::TreeEntry& found, const std::function<os::Fd()>& open) {
    if (found.kind == os::FileKind::folder) return;  // tar makes those that are missing
    if (found.kind != os::FileKind::regular && found.kind != os::FileKind::link) {
      throw Error(Fault::input, (files / found.path).string() +
                                    " is neither a file, a folder nor a symbolic link");
    }
    os::TreeEntry entry = found;
    entry.uid = 0;
    entry.gid = 0;
    entry.mtime = epoch;
    entry.xattrs.clear();
    entry.links = 1;
    if (entry.kind == os::FileKind::regular) entry.mode = (found.mode & 0100) != 0 ? 0755 : 0644;
    writer.add(entry, open);
  });
  writer.finish();
  sink.finish();
  file.commit();
}

}  // namespace

void put_files(const Workplace& workplace, const Tree& tree, const std::string& step,
               const std::filesystem::path& files) {
  const std::filesystem::path archive = tree.stage.scratch() / "files.tar";
  write_normalised(files, archive, workplace.epoch);
  const std::string inside = "/run/ingot/files.tar";
  run_job(workplace,
          {.step = step,
           .place = files.string(),
           .root = tree.root({{archive, inside}}),
           .command = {.program = "/usr/bin/tar",
                       .args = {"--extract", "--file=" + inside, "--directory=/",
                                "--keep-directory-symlink", "--no-overwrite-dir", "--same-permissions",
                                "--same-owner", "--numeric-owner"},
                       .env = image_environment(workplace),
                       .why = "put files into the image"}});
}

}  // namespace ingot::step
