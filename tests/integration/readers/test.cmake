# SPDX-License-Identifier: Apache-2.0
# ls, cat and diff of the real program over small releases of our own writers.
ingot_integration(readers SOURCES readers/readers_test.cpp ROOMS run)
if(TARGET integration_readers)
  target_compile_definitions(integration_readers PRIVATE INGOT_PROGRAM="$<TARGET_FILE:ingot>")
  add_dependencies(integration_readers ingot)
endif()
