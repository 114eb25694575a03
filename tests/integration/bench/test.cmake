# SPDX-License-Identifier: Apache-2.0
add_test(NAME bench.table
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/bench_table_test ${PROJECT_SOURCE_DIR}/ci)
set_tests_properties(bench.table PROPERTIES LABELS integration TIMEOUT 120 ${INGOT_SKIP})
