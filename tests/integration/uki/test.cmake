# SPDX-License-Identifier: Apache-2.0
# A UKI on a disk image of ours, started by real firmware. INGOT_TEST_KERNEL names a vmlinuz,
# INGOT_TEST_STUB another stub than the installed one.
ingot_integration(uki SOURCES uki/uki_boot_test.cpp ROOMS boot disk)
