# SPDX-License-Identifier: Apache-2.0
add_test(NAME rooms.clean COMMAND ${PROJECT_SOURCE_DIR}/ci/check-rooms)
add_test(NAME rooms.planted
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/check_rooms_test ${PROJECT_SOURCE_DIR}/ci/check-rooms)
set_tests_properties(rooms.clean rooms.planted PROPERTIES
  LABELS integration TIMEOUT 120 ${INGOT_SKIP})
