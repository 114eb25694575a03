# SPDX-License-Identifier: Apache-2.0
# Disks of our own writers, tampered with by foreign tools and read back through libguestfs. Boots
# an emulated machine a few times; needs a kernel, e.g. the one that ci/setup unpacks.
ingot_integration(guest SOURCES guest/guest_test.cpp ROOMS run)
if(TARGET integration_guest)
  target_include_directories(integration_guest PRIVATE ${PROJECT_SOURCE_DIR}/tests/integration)
  target_compile_definitions(integration_guest PRIVATE
    INGOT_TEST_KERNEL="${PROJECT_SOURCE_DIR}/build/test-kernel")
  set_tests_properties(integration.guest PROPERTIES TIMEOUT 900)
endif()
