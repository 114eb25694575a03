# SPDX-License-Identifier: Apache-2.0
add_test(NAME scripts.shellcheck
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/shell_scripts_test ${PROJECT_SOURCE_DIR})
set_tests_properties(scripts.shellcheck PROPERTIES LABELS integration TIMEOUT 120 ${INGOT_SKIP})
