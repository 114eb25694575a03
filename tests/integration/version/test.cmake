# SPDX-License-Identifier: Apache-2.0
# The order of versions before dpkg's.
ingot_integration(version SOURCES version/version_test.cpp ROOMS package)
