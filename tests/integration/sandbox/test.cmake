# SPDX-License-Identifier: Apache-2.0
# The sandbox with real namespaces; needs root. The program stands in for ingot itself.
if(TARGET ingot_os)
  add_executable(sandbox_program ${PROJECT_SOURCE_DIR}/tests/integration/sandbox/program.cpp)
  target_link_libraries(sandbox_program PRIVATE ingot_os ingot_settings)
  ingot_integration(sandbox SOURCES sandbox/sandbox_test.cpp sandbox/trace_test.cpp ROOMS os)
  add_dependencies(integration_sandbox sandbox_program)
  target_compile_definitions(integration_sandbox PRIVATE
    INGOT_SANDBOX_PROGRAM="$<TARGET_FILE:sandbox_program>")
endif()
