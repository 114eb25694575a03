# SPDX-License-Identifier: Apache-2.0
# Results shared through a registry: Debian's docker-registry on loopback. Needs root, and what
# bad_input.prepare makes.
add_test(NAME integration.shared_cache COMMAND
  ${CMAKE_CURRENT_SOURCE_DIR}/shared_cache/run_case $<TARGET_FILE:ingot>
  ${CMAKE_CURRENT_BINARY_DIR}/bad_input)
set_tests_properties(integration.shared_cache PROPERTIES
  LABELS integration TIMEOUT 300 FIXTURES_REQUIRED bad_input ${INGOT_SKIP})
