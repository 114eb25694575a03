# SPDX-License-Identifier: Apache-2.0
# Every bad input is one test, named after it: a line @case("name") here makes bad_input.<name>.
# They share an archive, a project and a clean build, which bad_input.prepare makes. They need root,
# apt and gpg.
set(bad_input ${CMAKE_CURRENT_SOURCE_DIR}/bad_input)
set(run_case ${bad_input}/run_case $<TARGET_FILE:ingot> ${CMAKE_CURRENT_BINARY_DIR}/bad_input)
add_test(NAME bad_input.prepare COMMAND ${run_case} prepare)
set_tests_properties(bad_input.prepare PROPERTIES
  LABELS integration TIMEOUT 120 FIXTURES_SETUP bad_input ${INGOT_SKIP})
file(GLOB sources CONFIGURE_DEPENDS ${bad_input}/*.py)
foreach(source ${sources})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(STRINGS ${source} lines REGEX "^@case\\(\"")
  foreach(line ${lines})
    string(REGEX REPLACE "^@case\\(\"([^\"]+)\".*" "\\1" name ${line})
    add_test(NAME bad_input.${name} COMMAND ${run_case} ${name})
    set_tests_properties(bad_input.${name} PROPERTIES
      LABELS integration TIMEOUT 300 FIXTURES_REQUIRED bad_input ${INGOT_SKIP})
    if(line MATCHES "# slow")
      set_tests_properties(bad_input.${name} PROPERTIES LABELS "integration;slow" TIMEOUT 3600)
    endif()
  endforeach()
endforeach()
