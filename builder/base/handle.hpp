// SPDX-License-Identifier: Apache-2.0
// Owners for the handles of C libraries.
#pragma once

#include <memory>

namespace ingot {

template <auto Free>
struct CDeleter {
  template <class T>
  void operator()(T* handle) const noexcept {
    Free(handle);
  }
};

/// Owns a C handle that `Free` releases; as large as a pointer.
template <class T, auto Free>
using CHandle = std::unique_ptr<T, CDeleter<Free>>;

}  // namespace ingot
