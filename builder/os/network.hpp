// SPDX-License-Identifier: Apache-2.0
// A network of this process's own: a loopback and nothing else.
#pragma once

namespace ingot::os {

/// Gives this process and what it starts a network namespace with a loopback that is up, so that
/// neither can reach, or be reached from, the host's network. Called once, before threads exist.
/// Fault::environment, with nothing changed, when the kernel forbids it.
void enter_private_network();

}  // namespace ingot::os
