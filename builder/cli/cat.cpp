// SPDX-License-Identifier: Apache-2.0
// `ingot cat`: the bytes of one file of a release's tree.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/output.hpp"
#include "cli/tree_path.hpp"
#include "cli/verb.hpp"
#include "report/terminal_text.hpp"
#include "run/release_tree.hpp"

namespace ingot::cli {
namespace {

struct CatRequest {
  std::string release;
  std::string path;
};

void require_regular(const archive::ListedFile& file) {
  if (file.kind == os::FileKind::regular) return;
  const bool folder = file.kind == os::FileKind::folder;
  throw Error(
      Fault::input,
      format("/{} is {}, not a file with content{}",
             file.path == "." ? "" : report::terminal_text(file.path),
             folder ? "a folder" : format("a special file ({})", archive::name_of(file.kind)),
             folder ? "; list it with ingot ls" : ""));
}

int run_cat(const CatRequest& request, const Context& context) {
  const std::filesystem::path place =
      (context.environment.cwd() / request.release).lexically_normal();
  const run::ReleaseTree tree = run::open_release_tree(place, run::Digests::if_listed);
  const archive::FileLookup files(tree.files);
  const archive::ListedFile& file = named_file(files, request.path, archive::LastLink::follow);
  require_regular(file);
  try {
    OutputSink sink(context.out);
    run::copy_content(tree, file, sink);
    sink.finish();
  } catch (const ReaderGone&) {
    return 0;
  }
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_cat(CLI::App& app) {
  auto request = std::make_shared<CatRequest>();
  app.add_option("release", request->release, "Folder of a release, or a rootfs tar alone")
      ->required()
      ->type_name("RELEASE");
  app.add_option("path", request->path, "File in the tree; links are followed inside of it")
      ->required()
      ->type_name("PATH");
  return [request](const Context& context) { return run_cat(*request, context); };
}

}  // namespace ingot::cli
