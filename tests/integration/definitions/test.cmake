# SPDX-License-Identifier: Apache-2.0
# The definitions of this repository are sound.
add_test(NAME definitions.check COMMAND ingot --directory ${PROJECT_SOURCE_DIR} check)
set_tests_properties(definitions.check PROPERTIES LABELS integration TIMEOUT 60)

# So is the matrix of kernels and drivers.
add_test(NAME definitions.matrix COMMAND ingot --directory ${PROJECT_SOURCE_DIR} matrix)
set_tests_properties(definitions.matrix PROPERTIES LABELS integration TIMEOUT 60)
