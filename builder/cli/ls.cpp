// SPDX-License-Identifier: Apache-2.0
// `ingot ls`: which files does this release hold?
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "archive/file_lookup.hpp"
#include "cli/file_rows.hpp"
#include "cli/output.hpp"
#include "cli/tree_path.hpp"
#include "cli/verb.hpp"
#include "run/release_tree.hpp"

namespace ingot::cli {
namespace {

using archive::ListedFile;

struct LsRequest {
  std::string release;
  std::string path = "/";
  bool all_columns = false;
  bool recursive = false;
  bool json = false;
};

/// Names alone for what lies in one folder, else whole paths, which can be given to `ingot cat`.
std::vector<FileRow> rows_of(const archive::FileLookup& files, const ListedFile& asked,
                             bool recursive) {
  const auto path_of = [](const ListedFile& file) {
    return file.path == "." ? "/" : "/" + file.path;
  };
  if (asked.kind != os::FileKind::folder) return {{path_of(asked), &asked}};
  std::vector<FileRow> rows;
  for (const ListedFile* file : recursive ? files.below(asked) : files.inside(asked))
    rows.push_back(
        {recursive ? path_of(*file) : std::string(archive::last_name(file->path)), file});
  return rows;
}

std::string json_text(const std::vector<FileRow>& rows) {
  nlohmann::ordered_json result = {{"schema", "ingot/files/v1"},
                                   {"files", nlohmann::ordered_json::array()}};
  for (const FileRow& row : rows) result["files"].push_back(json_of(*row.file));
  return result.dump(2) + "\n";
}

int run_ls(const LsRequest& request, const Context& context) {
  const std::filesystem::path place =
      (context.environment.cwd() / request.release).lexically_normal();
  const run::ReleaseTree tree = run::open_release_tree(place, run::Digests::if_listed);
  const archive::FileLookup files(tree.files);
  // As ls does: a link itself where its columns are asked for, else what it leads to.
  const archive::LastLink last =
      request.all_columns ? archive::LastLink::keep : archive::LastLink::follow;
  const ListedFile* link = files.resolved(request.path, archive::LastLink::keep);
  const bool dangling = link != nullptr && files.resolved(request.path, last) == nullptr;
  const ListedFile& asked = dangling ? *link : named_file(files, request.path, last);
  const std::vector<FileRow> rows = rows_of(files, asked, request.recursive);
  print_result(context.out,
               request.json ? json_text(rows)
                            : text_of(rows, request.all_columns ? Columns::all : Columns::names));
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_ls(CLI::App& app) {
  auto request = std::make_shared<LsRequest>();
  app.add_option("release", request->release, "Folder of a release, a rootfs tar or an *.mtree")
      ->required()
      ->type_name("RELEASE");
  app.add_option("path", request->path, "Folder or file in the tree")
      ->type_name("PATH")
      ->capture_default_str();
  app.add_flag("-l", request->all_columns, "Also mode, owner, group, size, time in UTC, target");
  app.add_flag("-R", request->recursive, "Everything below, with whole paths");
  app.add_flag("--json", request->json, "Print the result as JSON");
  return [request](const Context& context) { return run_ls(*request, context); };
}

}  // namespace ingot::cli
