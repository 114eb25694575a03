// SPDX-License-Identifier: Apache-2.0
#include "run/release_files.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/key.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "os/file.hpp"
#include "run/release.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

struct Folder {
  os::TempDir parent{"release"};
  std::filesystem::path path = parent.path() / "tiny-1.0";

  Folder() { std::filesystem::create_directory(path); }
  void put(const std::string& name) const { os::write_file(path / name, name); }
  void put_statement(const std::string& rows) const {
    const std::string statement =
        format(R"({{"_type":"https://in-toto.io/Statement/v1","subject":[],)"
               R"("predicateType":"x","predicate":{{"files":[{}]}}}})",
               rows);
    os::write_file(
        path / run::release_bundle_name,
        crypto::signed_bundle(statement, crypto::PrivateKey::generate(crypto::KeyType::ec_p256)));
  }
};

}  // namespace

TEST_CASE("an unsigned release is read by its names") {
  const Folder folder;
  folder.put("tiny-1.0.efi");
  folder.put("tiny-1.0.root.squashfs");
  folder.put("tiny-1.0.raw");
  folder.put("other-1.0.vmlinuz");
  const auto files = run::release_files(folder.path);
  CHECK(files.size() == 3);
  CHECK(files.at("uki") == folder.path / "tiny-1.0.efi");
  CHECK(files.at("root-image") == folder.path / "tiny-1.0.root.squashfs");
  CHECK(files.at("disk-raw") == folder.path / "tiny-1.0.raw");
}

TEST_CASE("a signed release is read by its statement, long and short role words alike") {
  const Folder folder;
  folder.put("a.efi");
  folder.put("b.image");
  folder.put("c.raw");
  folder.put_statement(R"({"name":"a.efi","role":"uki"},{"name":"b.image","role":"root"},)"
                       R"({"name":"c.raw","role":"disk-raw"})");
  const auto files = run::release_files(folder.path);
  CHECK(files.at("uki") == folder.path / "a.efi");
  CHECK(files.at("root-image") == folder.path / "b.image");
  CHECK(files.at("disk-raw") == folder.path / "c.raw");
}

TEST_CASE("a statement cannot lead out of the folder") {
  const Folder folder;
  os::write_file(folder.parent.path() / "x.efi", "x");
  for (const std::string name : {"../x.efi", "/etc/passwd", "..", ""}) {
    folder.put_statement(format(R"({{"name":"{}","role":"uki"}})", name));
    CHECK_THROWS_AS(run::release_files(folder.path), Error);
  }
  std::filesystem::create_symlink("../x.efi", folder.path / "link.efi");
  folder.put_statement(R"({"name":"link.efi","role":"uki"})");
  CHECK_THROWS_AS(run::release_files(folder.path), Error);
}

TEST_CASE("a listed file that is missing is named") {
  const Folder folder;
  folder.put_statement(R"({"name":"gone.efi","role":"uki"})");
  try {
    run::release_files(folder.path);
    FAIL("found gone.efi");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(error.message().find("gone.efi") != std::string::npos);
  }
}

TEST_CASE("no folder and an empty folder are no releases") {
  const Folder folder;
  CHECK_THROWS_AS(run::release_files(folder.path), Error);
  CHECK_THROWS_AS(run::release_files(folder.path / "none"), Error);
}
