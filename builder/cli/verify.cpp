// SPDX-License-Identifier: Apache-2.0
// `ingot verify`: is this folder the release that the key signed?
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "cli/verb.hpp"
#include "run/release.hpp"

namespace ingot::cli {
namespace {

struct VerifyRequest {
  std::string folder;
  std::string key;
  run::VerifyOptions options;
  bool json = false;
};

run::VerifiedRelease verify(const VerifyRequest& request, const Context& context) {
  const std::filesystem::path cwd = context.environment.cwd();
  std::optional<crypto::PublicKey> key;
  if (!request.key.empty()) key = crypto::PublicKey::load(cwd / request.key);
  return run::verify_release((cwd / request.folder).lexically_normal(), key, request.options);
}

void print_json(const run::VerifiedRelease& release, std::ostream& out) {
  nlohmann::ordered_json result;
  result["verified"] = true;
  result["product"] = release.facts.product;
  result["version"] = release.facts.version;
  result["arch"] = release.facts.arch;
  result["development"] = release.development;
  result["keyId"] = release.key_id;
  result["files"] = nlohmann::ordered_json::array();
  for (const run::ReleaseFile& file : release.files) {
    result["files"].push_back({{"name", file.name},
                               {"role", file.role},
                               {"size", file.measured->size},
                               {"sha256", file.measured->digest.hex()}});
  }
  result["warnings"] = release.warnings;
  out << result.dump(2) << "\n";
}

void print_text(const run::VerifiedRelease& release, const Context& context) {
  for (const std::string& warning : release.warnings) context.report.warning(warning);
  if (release.development) {
    context.report.warning(
        "a development key signed this release: it proves nothing of its origin");
  }
  Bytes total;
  for (const run::ReleaseFile& file : release.files) total = total + Bytes{file.measured->size};
  context.out << format("{} {} ({}): {} files, {}, signed by {}\n", release.facts.product,
                        release.facts.version, release.facts.arch, release.files.size(),
                        human(total), release.key_id);
}

int run_verify(const VerifyRequest& request, const Context& context) {
  if (!request.json) {
    print_text(verify(request, context), context);
    return 0;
  }
  try {
    print_json(verify(request, context), context.out);
    return 0;
  } catch (const Error& error) {
    nlohmann::ordered_json result;
    result["verified"] = false;
    result["fault"] = name_of(error.fault());
    result["message"] = error.message();
    context.out << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return exit_code(error.fault());
  }
}

}  // namespace

std::function<int(const Context&)> add_verify(CLI::App& app) {
  auto request = std::make_shared<VerifyRequest>();
  app.add_option("release", request->folder, "Folder of the release")->required()->type_name("DIR");
  app.add_option("--key", request->key, "Public key to trust (PEM)")->type_name("FILE");
  app.add_flag("--allow-dev", request->options.allow_development,
               "Accept a release that a development key signed");
  app.add_flag("--strict", request->options.strict, "Files that are not listed are a failure");
  app.add_flag("--json", request->json, "Print the result as JSON");
  return [request](const Context& context) { return run_verify(*request, context); };
}

}  // namespace ingot::cli
