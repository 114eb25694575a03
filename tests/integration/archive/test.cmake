# SPDX-License-Identifier: Apache-2.0
# Our archives before GNU tar and zstd, packages of dpkg-deb before our reader.
ingot_integration(archive SOURCES archive/archive_test.cpp ROOMS archive)
