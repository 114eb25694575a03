# SPDX-License-Identifier: Apache-2.0
# Verbs as an ordinary user, up to where a build begins; builds: tests/boot/case reproducible. Needs
# root to become that user, and a mirror.
if(TARGET ingot)
  add_test(NAME rootless
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/rootless_test $<TARGET_FILE:ingot> ${PROJECT_SOURCE_DIR})
  set_tests_properties(rootless PROPERTIES LABELS integration TIMEOUT 600 ${INGOT_SKIP})
endif()
