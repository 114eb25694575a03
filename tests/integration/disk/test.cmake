# SPDX-License-Identifier: Apache-2.0
# What the disk room writes, read by foreign tools.
ingot_integration(disk SOURCES disk/gpt_test.cpp disk/fat_test.cpp disk/image_test.cpp disk/ext4_test.cpp
  disk/qcow2_test.cpp disk/root_image_test.cpp disk/verity_test.cpp ROOMS disk)
if(TARGET integration_disk)
  target_include_directories(integration_disk PRIVATE ${PROJECT_SOURCE_DIR}/tests/integration)
endif()
