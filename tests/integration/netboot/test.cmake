# SPDX-License-Identifier: Apache-2.0
# The netboot layer's boot script against a server on loopback, without a machine to boot.
add_test(NAME netboot.hook
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/hook_test ${PROJECT_SOURCE_DIR}/layers/netboot)
set_tests_properties(netboot.hook PROPERTIES LABELS integration TIMEOUT 300 ${INGOT_SKIP})
