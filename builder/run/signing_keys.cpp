// SPDX-License-Identifier: Apache-2.0
#include "run/signing_keys.hpp"

#include "base/error.hpp"
#include "run/development_keys.hpp"

namespace ingot::run {

SigningKeys load_signing_keys(const KeyFiles& files, const std::filesystem::path& cache) {
  if (files.module_key.has_value() != files.module_certificate.has_value()) {
    throw Error(Fault::input,
                "a module key and its certificate come together: give --module-key and "
                "--module-certificate, or neither");
  }
  if (files.release_key && files.module_key) {
    SigningKeys keys{crypto::PrivateKey::load(*files.release_key),
                     crypto::PrivateKey::load(*files.module_key),
                     crypto::Certificate::load(*files.module_certificate), KeyOrigin::release};
    if (!keys.module_certificate.belongs_to(keys.module)) {
      throw Error(Fault::input, files.module_certificate->string() +
                                    " is not the certificate of " + files.module_key->string());
    }
    return keys;
  }
  if (files.release_key || files.module_key) {
    throw Error(Fault::input,
                "a release is signed with a release key and a module key: give --release-key, "
                "--module-key and --module-certificate (`ingot keygen` makes them), or none of "
                "them for a development build");
  }
  DevelopmentKeys made = load_or_make_development_keys(cache);
  return {std::move(made.release), std::move(made.module), std::move(made.module_certificate),
          KeyOrigin::development};
}

}  // namespace ingot::run
