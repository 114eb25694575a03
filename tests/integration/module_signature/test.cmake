# SPDX-License-Identifier: Apache-2.0
# Signatures of ours and those of the kernel's sign-file, byte for byte. INGOT_TEST_SIGN_FILE names
# another sign-file than the one of the distribution's linux-kbuild package.
ingot_integration(module_signature SOURCES module_signature/module_signature_test.cpp ROOMS crypto)
