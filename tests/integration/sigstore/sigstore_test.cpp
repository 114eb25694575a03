// SPDX-License-Identifier: Apache-2.0
// A release of ours before @sigstore/verify, and the same verdict from both for forgeries.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "crypto/base64.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "os/environment.hpp"
#include "os/file.hpp"
#include "os/process.hpp"
#include "run/release.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::KeyType;
using crypto::PrivateKey;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const os::Environment& environment() {
  static const os::Environment ours = os::Environment::of_process();
  return ours;
}

[[noreturn]] void skip(const std::string& reason) {
  std::printf("skipped: %s\n", reason.c_str());
  std::fflush(stdout);
  std::_Exit(77);
}

os::Outcome run_in(const fs::path& folder, const std::string& program,
                   std::vector<std::string> arguments) {
  os::Command command;
  command.program = program;
  command.args = std::move(arguments);
  command.env = environment().variables();
  command.cwd = folder;
  command.timeout = std::chrono::minutes(5);
  command.why = "judge a bundle";
  return os::SystemRunner().run(command);
}

/// The verifier with the packages that its lock names, installed in the build folder.
const fs::path& oracle() {
  static const fs::path folder = [] {
    for (const char* program : {"node", "npm"}) {
      if (!os::find_program(environment(), program)) skip(std::string(program) + " is missing");
    }
    fs::path made = INGOT_ORACLE_FOLDER;
    fs::create_directories(made);
    for (const char* name : {"package.json", "package-lock.json", "verify.mjs", ".npmrc"}) {
      fs::copy_file(fs::path(INGOT_ORACLE_SOURCE) / name, made / name,
                    fs::copy_options::overwrite_existing);
    }
    if (fs::exists(made / "node_modules/@sigstore/verify/package.json")) return made;
    const os::Outcome outcome = run_in(made, "npm", {"ci", "--ignore-scripts"});
    if (!outcome.ok()) skip("npm could not install the verifier: " + outcome.output);
    return made;
  }();
  return folder;
}

struct Release {
  os::TempDir folder{"sigstore test"};
  PrivateKey key;
  fs::path bundle = folder.path() / "release.sigstore.json";
  fs::path kernel = folder.path() / "vmlinuz";
  fs::path initrd = folder.path() / "initrd";

  explicit Release(KeyType type = KeyType::ec_p256) : key(PrivateKey::generate(type)) {
    os::write_file(kernel, "a kernel");
    os::write_file(initrd, "an image");
    run::write_release(folder.path(),
                       {.product = "test",
                        .version = "1",
                        .created = 1'700'000'000,
                        .arch = "amd64",
                        .kernel_release = "6",
                        .kernel_package = "l",
                        .driver_version = {},
                        .driver_flavour = {},
                        .containerd_version = {}},
                       {{"vmlinuz", "kernel", "application/octet-stream", {}},
                        {"initrd", "initrd", "application/octet-stream", {}}},
                       key, run::KeyOrigin::release);
  }

  bool oracle_accepts(const std::string& key_file = "release.pub") const {
    const os::Outcome outcome =
        run_in(folder.path(), "node",
               {(oracle() / "verify.mjs").string(), bundle.string(),
                (folder.path() / key_file).string(), kernel.string(), initrd.string()});
    UNSCOPED_INFO(outcome.output);
    CHECK((outcome.exit_code == 0 || outcome.exit_code == 1));
    // A verifier that cannot even start refuses nothing.
    CHECK((outcome.output.find("verified") != std::string::npos ||
           outcome.output.find("refused: ") != std::string::npos));
    return outcome.ok();
  }

  bool we_accept() const {
    try {
      (void)run::verify_release(folder.path(), key.public_key(), {});
      return true;
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::verification);
      return false;
    }
  }

  json read() const { return json::parse(os::read_file(bundle)); }
  void write(const json& changed) const { os::write_file(bundle, changed.dump()); }
};

}  // namespace

TEST_CASE("both accept a genuine release", "[sigstore]") {
  for (const KeyType type : {KeyType::ec_p256, KeyType::rsa_3072}) {
    const Release release(type);
    CHECK(release.oracle_accepts());
    CHECK(release.we_accept());
  }
}

TEST_CASE("both refuse forgeries", "[sigstore]") {
  const Release release;
  REQUIRE(release.oracle_accepts());
  json bundle = release.read();
  json& dsse = bundle["dsseEnvelope"];
  SECTION("a byte of the first file changed") { os::write_file(release.kernel, "a kernem"); }
  SECTION("a byte of the last file changed") { os::write_file(release.initrd, "bn image"); }
  SECTION("two files swapped") {
    os::write_file(release.kernel, "an image");
    os::write_file(release.initrd, "a kernel");
  }
  SECTION("a byte of the signature changed") {
    auto signature = *crypto::bytes_of_base64(dsse["signatures"][0]["sig"].get<std::string>());
    signature[signature.size() - 1] ^= 1;
    dsse["signatures"][0]["sig"] = crypto::base64_of(std::span<const std::uint8_t>(signature));
    release.write(bundle);
  }
  SECTION("the payload of another release") {
    const Release other;
    dsse["payload"] = other.read()["dsseEnvelope"]["payload"];
    release.write(bundle);
  }
  SECTION("the payload type changed") {
    dsse["payloadType"] = "application/vnd.in-toto+jsom";
    release.write(bundle);
  }
  SECTION("the signature removed") {
    dsse["signatures"] = json::array();
    release.write(bundle);
  }
  SECTION("signed by another key, with the hint of the trusted one") {
    const Release other;
    json forged = other.read();
    forged["verificationMaterial"] = bundle["verificationMaterial"];
    forged["dsseEnvelope"]["signatures"][0]["keyid"] = dsse["signatures"][0]["keyid"];
    release.write(forged);
  }
  SECTION("no bundle at all") { fs::remove(release.bundle); }
  CHECK_FALSE(release.oracle_accepts());
  CHECK_FALSE(release.we_accept());
}

TEST_CASE("another key is refused", "[sigstore]") {
  const Release release;
  const PrivateKey other = PrivateKey::generate(KeyType::ec_p256);
  os::write_file(release.folder.path() / "other.pub", other.public_key().pem());
  CHECK_FALSE(release.oracle_accepts("other.pub"));
  CHECK_THROWS_AS(run::verify_release(release.folder.path(), other.public_key(), {}), Error);
}
