// SPDX-License-Identifier: Apache-2.0
// The last touches of the image root: finish scripts, holds, module index, manifest, initramfs,
// and nothing left of the build.
#pragma once

#include <map>
#include <string>

#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

struct FinishRequest {
  const spec::ResolvedImage& image;
  const spec::Lock& lock;
  const crypto::PrivateKey& module_key;
  const crypto::Certificate& module_certificate;
};

void finish_image(const Workplace& workplace, const Tree& tree, const FinishRequest& request);

/// depmod's index of the modules, after which none of them may change.
os::PathTrace make_module_index(const Workplace& workplace, const Tree& tree,
                                const spec::Kernel& kernel,
                                const std::vector<std::string>& hidden);

/// Whether the index that the kernel's package made names all modules of the tree.
enum class ModuleIndex { fresh, stale };

/// Makes /boot/initrd.img-<release> with the image's own initramfs-tools; first the index of the
/// modules it chooses from, if that is stale. In both functions, folders in `hidden`, which exist
/// in the tree, are seen as empty; both tell what was looked at.
os::PathTrace make_initramfs(const Workplace& workplace, const Tree& tree,
                             const spec::Kernel& kernel, const std::vector<std::string>& hidden,
                             ModuleIndex index);

/// Removes what must not be the same on every node or tells of the build: machine id, host keys,
/// seeds, logs, caches, package lists. What a layer may not bring at all is the agreement's to
/// judge.
void seal_image(const Workplace& workplace, const Tree& tree);

}  // namespace ingot::step
