// SPDX-License-Identifier: Apache-2.0
#include "run/shards.hpp"

#include "crypto/hasher.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

namespace {

/// An image whose steps have keys by the letter in front of their names' ends: "modules@a".
run::ImageOutlook image(const std::string& name, const std::vector<plan::Step>& steps,
                        const Names& hits = {}) {
  run::ImageOutlook outlook{name, "images/" + name + ".yaml", {}, {}};
  for (plan::Step step : steps) {
    step.key = crypto::digest_of(step.own_key.hex() + step.name);
    const bool hit = std::find(hits.begin(), hits.end(), step.name) != hits.end();
    outlook.rows.push_back({.step = step.name,
                            .outlook = hit ? run::Outlook::hit : run::Outlook::miss,
                            .key = step.key,
                            .cost = {.time = 10s}});
    outlook.plan.steps.push_back(std::move(step));
  }
  outlook.rows.push_back({.step = "disk", .outlook = run::Outlook::maybe});
  return outlook;
}

plan::Step step_named(const std::string& name, const std::string& variant, Names inputs = {}) {
  return {.name = name, .inputs = std::move(inputs), .own_key = crypto::digest_of(variant)};
}

std::vector<plan::Step> steps(const std::string& kernel, const std::string& image) {
  return {step_named("build-root", ""), step_named("packages/base", ""),
          step_named("packages/kernel", kernel, {"packages/base"}),
          step_named("modules/gpu", kernel, {"build-root"}),
          step_named("seal", image, {"packages/base", "packages/kernel", "modules/gpu"})};
}

}  // namespace

TEST_CASE("one image is one shard", "[run]") {
  const auto shards = run::shards_of({image("a", steps("6.1", "a"))});
  REQUIRE(shards.size() == 1);
  CHECK(shards[0].id == "image-a");
  CHECK(shards[0].images == Names{"a"});
  CHECK(shards[0].argument == "images/a.yaml");
  CHECK(shards[0].needs.empty());
  CHECK(shards[0].until.empty());
  CHECK(shards[0].steps.size() == 6);
  CHECK(shards[0].steps.back() == "disk");
  CHECK(shards[0].expected == 30s);
  CHECK(shards[0].unknown == 1);
}

TEST_CASE("what several images lack comes first, the widest shared first", "[run]") {
  const auto shards = run::shards_of({image("a", steps("6.1", "a")), image("b", steps("6.12", "b")),
                                      image("c", steps("6.12", "c"))});
  REQUIRE(shards.size() == 5);
  CHECK(shards[0].id == "shared-1");
  CHECK(shards[0].images == Names{"a", "b", "c"});
  CHECK(shards[0].steps == Names{"build-root", "packages/base"});
  CHECK(shards[0].until == Names{"build-root", "packages/base"});
  CHECK(shards[0].expected == 10s);
  CHECK(shards[1].images == Names{"b", "c"});
  CHECK(shards[1].argument == "images/b.yaml");
  CHECK(shards[1].steps == Names{"packages/kernel", "modules/gpu"});
  CHECK(shards[1].needs == Names{"shared-1"});
  CHECK(shards[2].id == "image-a");
  CHECK(shards[2].steps == Names{"packages/kernel", "modules/gpu", "seal", "disk"});
  CHECK(shards[2].needs == Names{"shared-1"});
  CHECK(shards[3].id == "image-b");
  CHECK(shards[3].steps == Names{"seal", "disk"});
  CHECK(shards[3].needs == Names{"shared-1", "shared-2"});
  CHECK(shards[4].needs == Names{"shared-1", "shared-2"});
}

TEST_CASE("of a shared chain only its end has to be named", "[run]") {
  const std::vector<plan::Step> chain = {step_named("one", ""), step_named("two", "", {"one"}),
                                         step_named("three", "", {"one", "two"}), step_named("beside", "")};
  const auto shards = run::shards_of({image("a", chain), image("b", chain)});
  CHECK(shards[0].until == Names{"three", "beside"});
  CHECK(shards[0].expected == 30s);
}

TEST_CASE("of a compile that sees little the ingredients say whether it is shared", "[run]") {
  const auto compile = [](const std::string& source) {
    plan::Step made = step_named("modules/gpu", source, {"build-root"});
    made.kind = plan::StepKind::modules;
    made.hidden = {"usr/share/doc"};
    return made;
  };
  const auto keyed = [](run::ImageOutlook outlook) {
    for (plan::Step& one : outlook.plan.steps)
      one.key = crypto::digest_of(outlook.image + one.name);
    return outlook;
  };
  const auto shards = run::shards_of({keyed(image("a", {step_named("build-root", "a"), compile("1")})),
                                      keyed(image("b", {step_named("build-root", "b"), compile("1")})),
                                      keyed(image("c", {step_named("build-root", "c"), compile("2")}))});
  REQUIRE(shards.size() == 4);
  CHECK(shards[0].images == Names{"a", "b"});
  CHECK(shards[0].until == Names{"modules/gpu"});
  CHECK(shards[0].needs.empty());
  CHECK(shards[1].steps == Names{"build-root", "disk"});
  CHECK(shards[3].steps == Names{"build-root", "modules/gpu", "disk"});
}

TEST_CASE("what the store has is in no shard, and every image still has one", "[run]") {
  const Names all = {"build-root", "packages/base", "packages/kernel", "modules/gpu", "seal"};
  const auto shards =
      run::shards_of({image("a", steps("6.1", "a"), all), image("b", steps("6.1", "a"), all)});
  REQUIRE(shards.size() == 2);
  CHECK(shards[0].steps == Names{"disk"});
  CHECK(shards[0].needs.empty());
  CHECK(shards[1].images == Names{"b"});
}
