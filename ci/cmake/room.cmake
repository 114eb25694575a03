# SPDX-License-Identifier: Apache-2.0
# ingot_room(NAME SEES rooms... LINKS libraries...): one static library per room of builder/.
# A room links only what it may see, so an arrow that points the wrong way fails to link.
function(ingot_room name)
  cmake_parse_arguments(ROOM "" "" "SEES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_library(ingot_${name} STATIC ${sources})
  target_include_directories(ingot_${name} PUBLIC ${PROJECT_SOURCE_DIR}/builder)
  set(rooms ${ROOM_SEES})
  list(TRANSFORM rooms PREPEND ingot_)
  target_link_libraries(ingot_${name} PUBLIC ${rooms} PRIVATE ingot_settings ${ROOM_LINKS})
endfunction()
