// SPDX-License-Identifier: Apache-2.0
// What is in an initramfs: cpio archives one after the other, plain or compressed.
#pragma once

#include <functional>
#include <string_view>

namespace ingot::agreement {

/// Visits every member; its content is a view that lives only during the call.
using InitramfsVisitor = std::function<void(std::string_view path, std::string_view content)>;

/// Fault::verification when it is damaged or unreasonably large.
void visit_initramfs(std::string_view bytes, const InitramfsVisitor& visit);

}  // namespace ingot::agreement
