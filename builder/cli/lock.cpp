// SPDX-License-Identifier: Apache-2.0
// `ingot lock`: resolves an image's packages and writes images/<name>.lock.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "cli/verb.hpp"
#include "os/file.hpp"
#include "os/sandbox.hpp"
#include "os/user_namespace.hpp"
#include "run/definitions.hpp"
#include "run/locking.hpp"

namespace ingot::cli {
namespace {

struct LockOptions {
  std::vector<std::string> words;
  std::vector<std::string> mirrors;
  bool update = false;
};

bool is_image(const std::string& word, const Context& context) {
  return word.find('/') != std::string::npos || word.ends_with(".yaml") ||
         std::filesystem::exists(context.project / "images" / (word + ".yaml"));
}

void explain_forced(const std::vector<std::string>& forced, const LockOptions& options,
                    const Context& context) {
  if (forced.empty()) return;
  context.err << (options.update ? "cannot be updated alone; these had to change as well: "
                                 : "could not keep their locked versions: ")
              << joined(forced, ", ") << "\n";
}

void lock_image(const std::string& word, const std::vector<std::string>& names,
                const LockOptions& options, run::Mirrors& mirrors, const store::Store& store,
                const Context& context) {
  const spec::ResolvedImage image = run::load_image(context.project, word);
  run::LockRequest request{
      .image = image, .previous = run::load_lock(image), .names = names, .fetch = {}};
  if (options.update) request.update = names.empty() ? run::Update::everything : run::Update::named;
  const run::MadeLock made = run::make_lock(request, mirrors, store, os::SystemRunner(),
                                            context.environment, context.report);
  const auto changes = run::changes(request.previous.value_or(spec::Lock{}), made.lock);
  explain_forced(made.forced, options, context);
  const std::string file = image.lock_file().lexically_relative(context.project).string();
  if (request.previous == made.lock) {
    context.out << file << ": nothing changes\n";
    return;
  }
  os::write_file(image.lock_file(), spec::render(made.lock));
  if (request.previous) context.out << run::change_table(changes);
  context.out << format("{}: {} packages in the image, {} in the build root\n", file,
                        made.lock.image_root.size(), made.lock.build_root.size());
}

int run_lock(const LockOptions& options, const Context& context) {
  std::vector<std::string> images;
  std::vector<std::string> names;
  for (const std::string& word : options.words)
    (is_image(word, context) ? images : names).push_back(word);
  if (!names.empty() && !options.update)
    throw Error(Fault::input,
                format("'{}' is no image of this project; packages are named with --update "
                       "only",
                       names.front()));
  if (images.empty())
    throw Error(Fault::input, "name an image to lock, as in: ingot lock images/NAME.yaml");
  // The solver is the target's own apt, in a sandbox.
  os::enter_user_namespace(context.environment);
  os::enter_private_mounts();
  const os::SystemRunner runner;
  const store::Store store(context.environment.cache_folder());
  run::Mirrors mirrors(options.mirrors, context.environment, runner);
  for (const std::string& image : images)
    lock_image(image, names, options, mirrors, store, context);
  return 0;
}

}  // namespace

std::function<int(const Context&)> add_lock(CLI::App& app) {
  auto options = std::make_shared<LockOptions>();
  app.add_option(
         "image", options->words,
         "Images to lock; with --update also packages that may change, all if none is named")
      ->type_name("IMAGE|PACKAGE");
  app.add_flag("--update", options->update,
               "Take newer versions and print what changes; without it locked versions stay");
  app.add_option("--mirror", options->mirrors,
                 "Mirror of an archive, may be repeated (default: those of the host's apt)")
      ->type_name("[ARCHIVE=]URL")
      ->allow_extra_args(false);
  return [options](const Context& context) { return run_lock(*options, context); };
}

}  // namespace ingot::cli
