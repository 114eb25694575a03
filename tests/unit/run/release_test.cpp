// SPDX-License-Identifier: Apache-2.0
#include "run/release.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "os/file.hpp"
#include "run/release_statement.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::KeyType;
using crypto::PrivateKey;
namespace fs = std::filesystem;

namespace {

const run::ReleaseFacts facts{.product = "test",
                              .version = "1",
                              .created = 1'700'000'000,
                              .arch = "amd64",
                              .kernel_release = "6.12.94-amd64",
                              .kernel_package = "linux-image-amd64",
                              .driver_version = {},
                              .driver_flavour = {},
                              .containerd_version = {}};

struct Release {
  os::TempDir folder{"release test"};
  fs::path out = folder.path() / "a release";
  PrivateKey key = PrivateKey::generate(KeyType::ec_p256);

  explicit Release(run::KeyOrigin origin = run::KeyOrigin::release) {
    os::write_file(out / "vmlinuz", std::string(100'000, 'k'));
    os::write_file(out / "initrd", std::string(100'000, 'i'));
    os::write_file(out / "empty", "");
    run::write_release(out, facts,
                       {{"vmlinuz", "kernel", "application/octet-stream", {}},
                        {"initrd", "initrd", "application/octet-stream", {}},
                        {"empty", "log", "text/plain", {}}},
                       key, origin);
  }

  run::VerifiedRelease verify(const run::VerifyOptions& options = {}) const {
    return run::verify_release(out, key.public_key(), options);
  }

  std::string refusal(const run::VerifyOptions& options = {}, bool with_key = true) const {
    try {
      (void)run::verify_release(out, with_key ? std::optional(key.public_key()) : std::nullopt,
                                options);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::verification);
      return error.message();
    }
    return "accepted";
  }
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a release verifies with its key", "[run]") {
  const Release release;
  const run::VerifiedRelease verified = release.verify({.strict = true});
  CHECK(verified.facts.product == "test");
  CHECK_FALSE(verified.development);
  CHECK(verified.warnings.empty());
  std::vector<std::string> names;
  for (const run::ReleaseFile& file : verified.files) names.push_back(file.name);
  CHECK(names ==
        std::vector<std::string>{"SHA256SUMS", "empty", "initrd", "release.pub", "vmlinuz"});
  // Four lines: 64 digits, two blanks, the name, a newline.
  CHECK(os::read_file(release.out / "SHA256SUMS").size() == 4 * 67 + 5 + 6 + 11 + 7);
}

TEST_CASE("a development release is refused unless it is allowed", "[run]") {
  const Release release(run::KeyOrigin::development);
  CHECK(holds(release.refusal(), "development key"));
  CHECK(release.verify({.allow_development = true}).development);
  CHECK(holds(release.refusal({}, false), "--key"));
  CHECK(release.refusal({.allow_development = true}, false) == "accepted");
}

TEST_CASE("the key in a folder vouches for development releases only", "[run]") {
  const Release release;
  CHECK(holds(release.refusal({.allow_development = true}, false), "proves nothing"));
}

TEST_CASE("another key is refused", "[run]") {
  const Release release;
  const auto other = PrivateKey::generate(KeyType::ec_p256).public_key();
  CHECK_THROWS_AS(run::verify_release(release.out, other, {}), Error);
}

TEST_CASE("a changed, shortened, lengthened, swapped or missing file is refused", "[run]") {
  const Release release;
  std::string kernel(100'000, 'k');
  SECTION("one byte changed") {
    kernel[77'777] = 'K';
    os::write_file(release.out / "vmlinuz", kernel);
    CHECK(holds(release.refusal(), "vmlinuz has the digest"));
  }
  SECTION("one byte short") {
    kernel.pop_back();
    os::write_file(release.out / "vmlinuz", kernel);
    CHECK(holds(release.refusal(), "vmlinuz has 99999 bytes"));
  }
  SECTION("one byte more") {
    os::write_file(release.out / "vmlinuz", kernel + "k");
    CHECK(holds(release.refusal(), "vmlinuz has 100001 bytes"));
  }
  SECTION("two genuine files swapped; both are named") {
    fs::rename(release.out / "vmlinuz", release.out / "t");
    fs::rename(release.out / "initrd", release.out / "vmlinuz");
    fs::rename(release.out / "t", release.out / "initrd");
    const std::string refusal = release.refusal();
    CHECK(holds(refusal, "vmlinuz has the digest"));
    CHECK(holds(refusal, "initrd has the digest"));
  }
  SECTION("missing") {
    fs::remove(release.out / "vmlinuz");
    CHECK(holds(release.refusal(), "vmlinuz is missing"));
  }
  SECTION("the bundle is missing") {
    fs::remove(release.out / "release.sigstore.json");
    CHECK(holds(release.refusal(), "release.sigstore.json is missing"));
  }
  SECTION("a sums file that says something else") {
    os::write_file(release.out / "SHA256SUMS", "");
    CHECK(holds(release.refusal(), "SHA256SUMS has 0 bytes"));
  }
}

TEST_CASE("only regular files count", "[run]") {
  const Release release;
  const fs::path kernel = release.out / "vmlinuz";
  SECTION("a link to the very content") {
    fs::rename(kernel, release.folder.path() / "elsewhere");
    fs::create_symlink(release.folder.path() / "elsewhere", kernel);
    CHECK(holds(release.refusal(), "vmlinuz is a symbolic link"));
  }
  SECTION("a pipe, which must not be waited for") {
    fs::remove(kernel);
    REQUIRE(::mkfifo(kernel.c_str(), 0600) == 0);
    CHECK(holds(release.refusal(), "vmlinuz is no regular file"));
  }
  SECTION("a folder") {
    fs::remove(kernel);
    fs::create_directory(kernel);
    CHECK(holds(release.refusal(), "vmlinuz is a folder"));
  }
  SECTION("the bundle as a link") {
    const fs::path bundle = release.out / "release.sigstore.json";
    fs::rename(bundle, release.folder.path() / "b");
    fs::create_symlink(release.folder.path() / "b", bundle);
    CHECK(holds(release.refusal(), "symbolic link"));
  }
}

TEST_CASE("unlisted files are warned of, and refused when strict", "[run]") {
  const Release release;
  os::write_file(release.out / "extra", "x");
  CHECK(release.verify().warnings == std::vector<std::string>{"extra is not listed"});
  CHECK(holds(release.refusal({.strict = true}), "extra is not listed"));
}

TEST_CASE("a signed statement whose sums file disagrees is refused", "[run]") {
  const Release release;
  auto statement = run::parse_release_statement(crypto::verified_statement(
      os::read_file(release.out / "release.sigstore.json"), release.key.public_key()));
  const auto sign_again = [&] {
    os::write_file(release.out / "release.sigstore.json",
                   crypto::signed_bundle(run::text_of(statement), release.key));
  };
  SECTION("it lists other digests") {
    os::write_file(release.out / "SHA256SUMS", "nothing");
    statement.files[0].measured = crypto::measure_file(release.out / "SHA256SUMS");
    sign_again();
    CHECK(holds(release.refusal(), "other digests"));
  }
  SECTION("it is not listed") {
    statement.files.erase(statement.files.begin());
    sign_again();
    CHECK(holds(release.refusal(), "SHA256SUMS is not listed"));
  }
}

TEST_CASE("what cannot be verified is not signed", "[run]") {
  const Release release;
  const auto write = [&](const std::string& name) {
    run::write_release(release.out, facts, {{name, "log", "text/plain", {}}}, release.key,
                       run::KeyOrigin::release);
  };
  CHECK_THROWS_AS(write("../vmlinuz"), Error);
  CHECK_THROWS_AS(write("SHA256SUMS"), Error);
  CHECK_THROWS_AS(write("absent"), Error);
  CHECK_NOTHROW(write("vmlinuz"));
}
