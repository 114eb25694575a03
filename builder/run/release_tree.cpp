// SPDX-License-Identifier: Apache-2.0
#include "run/release_tree.hpp"

#include <fcntl.h>

#include <array>

#include "archive/file_lookup.hpp"
#include "archive/listing.hpp"
#include "archive/tar_members.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "os/file.hpp"
#include "run/release_files.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;
using archive::ListedFile;

constexpr archive::FileListLimits list_limits = {.bytes = 256ULL << 20, .files = 1'000'000};
constexpr std::uint64_t largest_bundle = 16U << 20;

std::vector<ListedFile> listed_in(const fs::path& list) {
  return during("reading " + list.string(), [&] {
    return archive::parse_file_list(os::read_file(list, list_limits.bytes), list_limits);
  });
}

std::vector<ListedFile> listed_from_tar(const fs::path& tar, Digests digests) {
  return during("listing " + tar.string(), [&] {
    const os::Fd fd = os::open_file(tar, O_RDONLY);
    if (digests == Digests::if_listed) return archive::list_tar_names(fd.get());
    crypto::Hasher hasher;
    return archive::list_tar(fd.get(),
                             {[&](std::span<const std::uint8_t> bytes) { hasher.update(bytes); },
                              [&] { return hasher.finish(); }});
  });
}

/// Foreign archives name a file without the folders above it, which unpacking makes.
void add_implied_folders(std::vector<ListedFile>& files) {
  std::set<std::string, std::less<>> known;
  for (const ListedFile& file : files) known.insert(file.path);
  std::vector<ListedFile> implied;
  const auto need = [&](std::string_view path) {
    while (known.emplace(path).second) {
      ListedFile folder;
      folder.path = path;
      folder.kind = os::FileKind::folder;
      folder.mode = 0755;
      implied.push_back(std::move(folder));
      path = archive::folder_of(path);
    }
  };
  need(".");
  for (const ListedFile& file : files)
    if (file.path != ".") need(archive::folder_of(file.path));
  if (implied.empty()) return;
  files.insert(files.end(), implied.begin(), implied.end());
  archive::put_in_order(files);
}

std::optional<ReleaseStatement> statement_of(const fs::path& release) {
  const auto bundle = os::read_file_if_any(release / release_bundle_name, largest_bundle);
  if (!bundle) return std::nullopt;
  return during("reading " + (release / release_bundle_name).string(),
                [&] { return parse_release_statement(crypto::read_bundle(*bundle).payload); });
}

void open_folder(ReleaseTree& tree, Digests digests) {
  tree.source = TreeSource::release;
  tree.parts = release_files(tree.place, Absent::passed_over);
  tree.statement = statement_of(tree.place);
  if (const auto tar = tree.parts.find("rootfs-tar"); tar != tree.parts.end())
    tree.tar = tar->second;
  if (const auto list = tree.parts.find("file-list"); list != tree.parts.end()) {
    tree.files = listed_in(list->second);
  } else if (tree.tar) {
    tree.files = listed_from_tar(*tree.tar, digests);
  } else {
    throw Error(Fault::input,
                format("{} has neither a file list (*.mtree) nor a rootfs tar; build the image "
                       "with format tar",
                       tree.place.string()));
  }
}

bool looks_like_tar(std::string_view start) {
  using namespace std::string_view_literals;
  constexpr std::array<std::string_view, 3> compressed = {"\x28\xb5\x2f\xfd"sv, "\x1f\x8b"sv,
                                                          "\xfd"
                                                          "7zXZ\0"sv};
  for (const std::string_view magic : compressed)
    if (start.starts_with(magic)) return true;
  return start.size() >= 263 && start.substr(257, 5) == "ustar";
}

void open_file_alone(ReleaseTree& tree, Digests digests) {
  std::array<std::uint8_t, 512> buffer{};
  std::size_t filled = 0;
  const os::Fd fd = os::open_file(tree.place, O_RDONLY);
  while (const std::size_t count =
             os::read_some(fd.get(), std::span(buffer).subspan(filled), tree.place))
    filled += count;
  const std::string start(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(filled));
  if (start.starts_with("#mtree")) {
    tree.source = TreeSource::file_list;
    tree.files = listed_in(tree.place);
  } else if (looks_like_tar(start)) {
    tree.source = TreeSource::tar;
    tree.tar = tree.place;
    tree.files = listed_from_tar(tree.place, digests);
  } else {
    throw Error(Fault::input, format("{} is neither the folder of a release, nor a tar, nor a file "
                                     "list (*.mtree)",
                                     tree.place.string()));
  }
}

const fs::path& tar_of(const ReleaseTree& tree) {
  if (tree.tar) return *tree.tar;
  throw Error(Fault::input,
              format("{} holds no content of files: it has no rootfs tar", tree.place.string()));
}

[[noreturn]] void throw_not_listed(const ListedFile& file, std::uint64_t size,
                                   const std::string& digest) {
  throw Error(
      Fault::verification,
      format("/{} is not what the file list says: {} bytes, sha256 {} in the tar; {} bytes, "
             "sha256 {} in the list",
             archive::escaped_path(file.path), size, digest, file.size,
             file.digest ? file.digest->hex() : "unknown"));
}

void require_listed(const ListedFile& file, const Sha256& digest) {
  if (file.digest && digest != *file.digest) throw_not_listed(file, file.size, digest.hex());
}

std::string whole(const ListedFile& file, const archive::MemberContent& content,
                  std::uint64_t limit) {
  if (file.size > limit) {
    throw Error(Fault::verification,
                format("/{} is larger than {} bytes", archive::escaped_path(file.path), limit));
  }
  std::string text;
  text.reserve(file.size);
  content([&](std::span<const std::uint8_t> bytes) { text.append(bytes.begin(), bytes.end()); });
  return text;
}

[[noreturn]] void throw_missing(const std::string& path) {
  throw Error(Fault::verification,
              format("/{} is in the file list, but not in the tar", archive::escaped_path(path)));
}

/// Names of one file share it; which of them has the content is the tar's choice.
const std::string& content_name(const ListedFile& file) {
  return file.hard_link.empty() ? file.path : file.hard_link;
}

/// Visits the members of the tar that have content, as listed. Memory follows from the list: one
/// of another size is a fault before any of it is read.
void walk_contents(const ReleaseTree& tree, const archive::MemberVisitor& visit) {
  const fs::path& tar = tar_of(tree);
  during("reading " + tar.string(), [&] {
    const archive::FileLookup files(tree.files);
    const os::Fd fd = os::open_file(tar, O_RDONLY);
    archive::walk_tar(fd.get(),
                      [&](const ListedFile& member, const archive::MemberContent& content) {
                        if (member.kind != os::FileKind::regular || !member.hard_link.empty())
                          return archive::Walk::on;
                        const ListedFile* listed = files.find(member.path);
                        if (listed == nullptr || listed->kind != member.kind)
                          return archive::Walk::on;
                        return visit(*listed, [&, listed](const archive::ContentPiece& take) {
                          if (member.size != listed->size)
                            throw_not_listed(*listed, member.size, "unknown");
                          content(take);
                        });
                      });
  });
}

}  // namespace

ReleaseTree open_release_tree(const fs::path& place, Digests digests) {
  ReleaseTree tree;
  tree.place = place;
  std::error_code failed;
  const fs::file_status status = fs::status(place, failed);
  if (fs::is_directory(status)) {
    open_folder(tree, digests);
  } else if (fs::is_regular_file(status)) {
    open_file_alone(tree, digests);
  } else {
    throw Error(Fault::input, fs::exists(status)
                                  ? place.string() + " is neither a folder nor a file"
                                  : place.string() + " does not exist");
  }
  add_implied_folders(tree.files);
  return tree;
}

void copy_content(const ReleaseTree& tree, const ListedFile& file, os::Sink& sink) {
  bool found = false;
  walk_contents(tree, [&](const ListedFile& listed, const archive::MemberContent& content) {
    if (content_name(listed) != content_name(file)) return archive::Walk::on;
    found = true;
    crypto::Hasher hasher;
    content([&](std::span<const std::uint8_t> bytes) {
      hasher.update(bytes);
      sink.write(bytes);
    });
    require_listed(file, hasher.finish());
    return archive::Walk::stop;
  });
  if (!found) throw_missing(file.path);
}

void read_contents(const ReleaseTree& tree, const std::set<std::string>& paths, std::uint64_t limit,
                   const ContentVisitor& visit) {
  if (paths.empty()) return;
  const archive::FileLookup files(tree.files);
  std::map<std::string, std::set<std::string>> wanted;  // paths by the name of their content
  for (const std::string& path : paths) {
    const ListedFile* file = files.find(path);
    if (file == nullptr) throw_missing(path);
    wanted[content_name(*file)].insert(path);
  }
  walk_contents(tree, [&](const ListedFile& listed, const archive::MemberContent& content) {
    const auto asked = wanted.find(content_name(listed));
    if (asked == wanted.end()) return archive::Walk::on;
    const std::string text = whole(listed, content, limit);
    require_listed(listed, crypto::digest_of(text));
    for (const std::string& path : asked->second) visit(path, text);
    wanted.erase(asked);
    return wanted.empty() ? archive::Walk::stop : archive::Walk::on;
  });
  if (!wanted.empty()) throw_missing(*wanted.begin()->second.begin());
}

}  // namespace ingot::run
