# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# LibTorch as one target with one precompiled header. Its own CMake flags are not taken over: only what a consumer needs.

find_package(Torch REQUIRED)
message(STATUS "LibTorch ${Torch_VERSION}")

add_library(tessera_torch INTERFACE)
target_include_directories(tessera_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_link_libraries(tessera_torch INTERFACE ${TORCH_LIBRARIES} Threads::Threads)
separate_arguments(tessera_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
target_compile_options(tessera_torch INTERFACE ${tessera_torch_flags})

file(WRITE ${CMAKE_BINARY_DIR}/torch_pch.cpp "")
add_library(tessera_torch_pch STATIC ${CMAKE_BINARY_DIR}/torch_pch.cpp)
target_link_libraries(tessera_torch_pch PUBLIC tessera_options tessera_torch)
target_precompile_headers(tessera_torch_pch PRIVATE <torch/torch.h>)
