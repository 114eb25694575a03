// SPDX-License-Identifier: Apache-2.0
#include "crypto/certificate.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::Certificate;
using crypto::KeyType;
using crypto::PrivateKey;

namespace {

const crypto::CertificateTerms terms{.common_name = "modules of a test",
                                     .serial = 0x00ab12,
                                     .not_before = 1'700'000'000,
                                     .not_after = 4'900'000'000};

}  // namespace

TEST_CASE("a certificate says what it was made with", "[crypto]") {
  const PrivateKey key = PrivateKey::generate(KeyType::rsa_2048);
  const Certificate certificate = Certificate::self_signed(key, terms);
  CHECK(certificate.common_name() == "modules of a test");
  CHECK(certificate.serial() == "ab12");
  CHECK(certificate.belongs_to(key));
  CHECK_FALSE(certificate.belongs_to(PrivateKey::generate(KeyType::ec_p256)));
}

TEST_CASE("the same RSA key and terms give the same certificate", "[crypto]") {
  const PrivateKey key = PrivateKey::generate(KeyType::rsa_2048);
  CHECK(Certificate::self_signed(key, terms).der() == Certificate::self_signed(key, terms).der());
}

TEST_CASE("a certificate is read from PEM and DER, alone", "[crypto]") {
  const Certificate certificate =
      Certificate::self_signed(PrivateKey::generate(KeyType::ec_p256), terms);
  const std::vector<std::uint8_t> bytes = certificate.der();
  const std::string der(bytes.begin(), bytes.end());
  CHECK(Certificate::parse(certificate.pem(), "c").fingerprint() == certificate.fingerprint());
  CHECK(Certificate::parse(der, "c").fingerprint() == certificate.fingerprint());
  CHECK_THROWS_AS(Certificate::parse(der + "x", "c"), Error);
  CHECK_THROWS_AS(Certificate::parse(certificate.pem() + certificate.pem(), "c"), Error);
  CHECK_THROWS_AS(Certificate::parse(der.substr(0, der.size() - 1), "c"), Error);
  CHECK_THROWS_AS(Certificate::parse("", "c"), Error);
}

TEST_CASE("impossible terms are refused", "[crypto]") {
  const PrivateKey key = PrivateKey::generate(KeyType::ec_p256);
  crypto::CertificateTerms wrong = terms;
  wrong.serial = 0;
  CHECK_THROWS_AS(Certificate::self_signed(key, wrong), Error);
  wrong = terms;
  wrong.not_after = wrong.not_before;
  CHECK_THROWS_AS(Certificate::self_signed(key, wrong), Error);
  wrong = terms;
  wrong.common_name.clear();
  CHECK_THROWS_AS(Certificate::self_signed(key, wrong), Error);
}
