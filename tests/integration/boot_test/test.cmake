# SPDX-License-Identifier: Apache-2.0
# Tiny releases booted over the network and judged. INGOT_TEST_KERNEL names a boot/vmlinuz; where
# virtio is not built in, the modules are taken from lib/modules beside boot, uncompressed.
# INGOT_TEST_STUB names another stub than the installed one.
ingot_integration(boot_test SOURCES boot_test/boot_test.cpp ROOMS boot run)
