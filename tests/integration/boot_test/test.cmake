# SPDX-License-Identifier: Apache-2.0
# Tiny releases booted over the network and judged. INGOT_TEST_KERNEL names a vmlinuz with virtio
# console and PCI built in (Debian 13's), INGOT_TEST_STUB another stub than the installed one.
ingot_integration(boot_test SOURCES boot_test/boot_test.cpp ROOMS boot run)
