// SPDX-License-Identifier: Apache-2.0
// An image and all that it names, with options, conditions and substitutions carried out.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "spec/catalogue.hpp"
#include "spec/diagnostic.hpp"
#include "spec/project.hpp"
#include "spec/substitution.hpp"
#include "spec/syntax.hpp"

namespace ingot::spec {

/// Resolves one image; use a new one for each.
class Resolver {
public:
  Resolver(Catalogue& catalogue, const Image& image, Diagnostics& diagnostics)
      : catalogue_(catalogue), image_(image), diagnostics_(diagnostics) {}

  ResolvedImage resolve();

private:
  void resolve_kernel();
  void resolve_driver();
  void take_flavour(const Driver& driver);
  void find_pair();
  void add_layer(const LayerUse& use);
  void check_needs(const Layer& layer, const LayerUse& use);
  void check_order(const Layer& layer, const LayerUse& use);
  void check_modules(const Layer& layer);
  void check_across_layers();

  /// The values of the layer's options, as the image sets them or by default; adds them to `facts`.
  std::map<std::string, OptionValue> options_of(const Layer& layer, const LayerUse& use,
                                                Facts& facts);
  bool all_hold(const std::vector<Condition>& conditions, const ResolvedLayer& layer) const;
  std::vector<ResolvedPackage> packages_of(const std::vector<PackageEntry>& entries,
                                           const ResolvedLayer& layer, const Facts& facts);
  ResolvedRepository repository_of(const Repository& repository, const Layer& layer,
                                   const Facts& facts);

  /// Substitutes, and then checks what read_word() could not.
  std::string word(const Located& text, const Syntax& syntax, const Facts& facts);
  std::vector<Located> words(const std::vector<Located>& texts, const Syntax& syntax,
                             const Facts& facts);

  Catalogue& catalogue_;
  const Image& image_;
  Diagnostics& diagnostics_;
  ResolvedImage resolved_;
  Facts facts_;
  std::set<std::string> files_;
};

}  // namespace ingot::spec
