# SPDX-License-Identifier: Apache-2.0
# Language, warnings and hardening for every target of ours.
add_library(ingot_settings INTERFACE)
target_compile_features(ingot_settings INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
find_program(INGOT_CCACHE ccache)
if(INGOT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${INGOT_CCACHE})
endif()
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)  # here, as imported targets end with their folder

target_compile_options(ingot_settings INTERFACE
  -Wall -Wextra -Wpedantic
  -Wshadow              # a name that hides another is read wrongly
  -Wconversion -Wsign-conversion  # sizes and offsets of disk formats must not be cut in silence
  -Wold-style-cast      # a C cast hides which conversion was meant
  -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough
  -Wformat=2
  # GCC 12 with optimisation finds both in std::string and std::optional where they are not.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=  # no path of the build machine in the binary
  -fstack-protector-strong)
target_compile_definitions(ingot_settings INTERFACE
  $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
target_link_options(ingot_settings INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 takes "literal" + std::string for overlapping memory once it is inlined (its bug 105329).
  target_compile_options(ingot_settings INTERFACE -Wno-restrict)
endif()
if(INGOT_WERROR)
  target_compile_options(ingot_settings INTERFACE -Werror)
endif()
if(INGOT_SANITIZE)
  target_compile_options(ingot_settings INTERFACE
    -fsanitize=${INGOT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(ingot_settings INTERFACE -fsanitize=${INGOT_SANITIZE})
endif()
if(INGOT_TIDY)
  find_program(INGOT_CLANG_TIDY clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${INGOT_CLANG_TIDY} --quiet --warnings-as-errors=*)
endif()
