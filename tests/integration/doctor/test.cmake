# SPDX-License-Identifier: Apache-2.0
# `ingot doctor` as root, as an ordinary user, and where something is broken;
# needs root.
if(TARGET ingot)
  add_test(NAME doctor COMMAND ${CMAKE_CURRENT_LIST_DIR}/doctor_test $<TARGET_FILE:ingot> ${PROJECT_SOURCE_DIR})
  set_tests_properties(doctor PROPERTIES LABELS integration TIMEOUT 300 ${INGOT_SKIP})
endif()
