# SPDX-License-Identifier: Apache-2.0
# Our bundles before an independent verifier; needs node, npm, and a network for the first run.
ingot_integration(sigstore SOURCES sigstore/sigstore_test.cpp ROOMS run)
if(TARGET integration_sigstore)
  target_compile_definitions(integration_sigstore PRIVATE
    INGOT_ORACLE_SOURCE="${PROJECT_SOURCE_DIR}/tests/integration/sigstore"
    INGOT_ORACLE_FOLDER="${CMAKE_CURRENT_BINARY_DIR}/sigstore-oracle")
endif()
