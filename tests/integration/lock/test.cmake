# SPDX-License-Identifier: Apache-2.0
# Locks and fetches against a local signed archive; needs root, apt, apt-ftparchive and gpg.
ingot_integration(lock SOURCES lock/lock_test.cpp lock/test_archive.cpp ROOMS os)
if(TARGET integration_lock)
  target_include_directories(integration_lock PRIVATE ${PROJECT_SOURCE_DIR}/tests/integration)
  target_compile_definitions(integration_lock PRIVATE INGOT_PROGRAM="$<TARGET_FILE:ingot>")
  add_dependencies(integration_lock ingot)
endif()
