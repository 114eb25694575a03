// SPDX-License-Identifier: Apache-2.0
#include "crypto/hasher.hpp"

#include <string>
#include <vector>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("SHA-256 gives the digests of FIPS 180-2", "[crypto]") {
  CHECK(crypto::digest_of(std::string_view{}).hex() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(crypto::digest_of(std::string_view{"abc"}).hex() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a hasher starts afresh after finish", "[crypto]") {
  crypto::Hasher hasher;
  hasher.update("a").update("bc");
  CHECK(hasher.finish() == crypto::digest_of(std::string_view{"abc"}));
  CHECK(hasher.finish() == crypto::digest_of(std::string_view{}));
}

TEST_CASE("a file is measured over several buffers", "[crypto]") {
  const os::TempDir folder("hasher test");
  const std::string content(3'000'001, 'x');
  os::write_file(folder.path() / "a file", content);
  const crypto::FileDigest measured = crypto::measure_file(folder.path() / "a file");
  CHECK(measured.size == content.size());
  CHECK(measured.digest == crypto::digest_of(std::string_view{content}));
  CHECK_THROWS_AS(crypto::measure_file(folder.path() / "absent"), Error);
}

TEST_CASE("a hashing sink passes bytes on unchanged", "[crypto]") {
  struct Memory final : os::Sink {
    std::vector<std::uint8_t> bytes;
    bool finished = false;
    void write(std::span<const std::uint8_t> more) override {
      bytes.insert(bytes.end(), more.begin(), more.end());
    }
    void finish() override { finished = true; }
  } memory;
  crypto::HashingSink sink(memory);
  const std::vector<std::uint8_t> text = {'a', 'b', 'c'};
  sink.write(std::span(text).first(1));
  sink.write(std::span(text).subspan(1));
  sink.finish();
  CHECK(memory.bytes == text);
  CHECK(memory.finished);
  CHECK(sink.result() == crypto::FileDigest{crypto::digest_of(std::string_view{"abc"}), 3});
}

TEST_CASE("fields cannot be shifted into one another", "[crypto]") {
  const auto key = [](std::string_view a, std::string_view b) {
    return crypto::FieldHasher("test").field(a).field(b).finish();
  };
  CHECK(key("ab", "c") != key("a", "bc"));
  CHECK(key("", "ab") != key("ab", ""));
  CHECK(key("a", "b") == key("a", "b"));
  CHECK(crypto::FieldHasher("one").field("a").finish() !=
        crypto::FieldHasher("two").field("a").finish());
  CHECK(crypto::FieldHasher("n").field(std::uint64_t{1}).finish() !=
        crypto::FieldHasher("n").field(std::uint64_t{1} << 32).finish());
}
