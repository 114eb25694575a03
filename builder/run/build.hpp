// SPDX-License-Identifier: Apache-2.0
// Building an image: from its definitions and lock to a signed release folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/process.hpp"
#include "plan/plan.hpp"
#include "report/report.hpp"
#include "run/signing_keys.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"
#include "step/formats.hpp"
#include "store/store.hpp"

namespace ingot::run {

class SharedCache;

struct BuildRequest {
  const spec::ResolvedImage& image;
  const spec::Lock& lock;        ///< fresh, and everything in it is in the store
  std::filesystem::path output;  ///< parent of the release folder
  KeyFiles keys;
  unsigned workers = 0;  ///< 0: one per core, at least 2
  step::Compression compression = {};
  SharedCache* shared = nullptr;  ///< where results are taken from and given to; may be null
};

struct BuiltRelease {
  std::filesystem::path folder;
  KeyOrigin origin = KeyOrigin::release;
};

/// The plan of an image as the builder would carry it out.
plan::Plan plan_image(const spec::ResolvedImage& image, const spec::Lock& lock,
                      const SigningKeys& keys);

/// Builds and signs. The release appears under its final name only when it is complete; the log
/// stays at `<output>/<image>-<version>.log` whatever happens. Call os::enter_private_mounts()
/// before.
BuiltRelease build_image(const BuildRequest& request, const os::Runner& runner,
                         const os::Environment& environment, const store::Store& store,
                         Report& report);

/// Carries out only the named steps and what they need, so that the store has them; no release is
/// made. The same otherwise. Fault::input for a step that the image does not have.
void build_steps(const BuildRequest& request, const std::vector<std::string>& steps,
                 const os::Runner& runner, const os::Environment& environment,
                 const store::Store& store, Report& report);

}  // namespace ingot::run
