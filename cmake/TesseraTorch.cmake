# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# LibTorch as one target with one precompiled header. Its own CMake flags are not taken over: only what a consumer needs.

set(TESSERA_TORCH_CUDA OFF)
set(TESSERA_TORCH "" CACHE PATH "The torch folder of PyPI's wheel; empty for the LibTorch that CMake finds")
add_library(tessera_torch INTERFACE)
if(TESSERA_TORCH)
    # Not by the wheel's CMake package: that one wants a CUDA toolkit, and finds the system's LibTorch before its own.
    file(STRINGS ${TESSERA_TORCH}/version.py torch_version REGEX "^__version__ *=")
    string(REGEX REPLACE "^[^'\"]*['\"]([^'\"]*)['\"].*$" "\\1" Torch_VERSION "${torch_version}")
    target_include_directories(tessera_torch SYSTEM INTERFACE
        ${TESSERA_TORCH}/include ${TESSERA_TORCH}/include/torch/csrc/api/include)
    target_link_libraries(tessera_torch INTERFACE ${TESSERA_TORCH}/lib/libtorch_cpu.so ${TESSERA_TORCH}/lib/libc10.so)
    # The libraries for the GPU need all of the nvidia wheels, those for the CPU only two of them.
    if(EXISTS ${TESSERA_TORCH}/../nvidia/cudnn AND EXISTS ${TESSERA_TORCH}/lib/libtorch_cuda.so)
        # Nothing refers to it by symbol: it registers its kernels when it is loaded.
        target_link_libraries(tessera_torch INTERFACE
            -Wl,--push-state,--no-as-needed ${TESSERA_TORCH}/lib/libtorch_cuda.so -Wl,--pop-state)
        set(TESSERA_TORCH_CUDA ${TESSERA_CUDA})
        file(GLOB tessera_nvidia_headers ${TESSERA_TORCH}/../nvidia/cu*/include ${TESSERA_TORCH}/../nvidia/*/include)
        list(REMOVE_DUPLICATES tessera_nvidia_headers)
        set(tessera_c10_cuda ${TESSERA_TORCH}/lib/libc10_cuda.so)
    endif()
    # What its libraries need of the nvidia wheels they find by their own paths when they are loaded.
    target_link_options(tessera_torch INTERFACE -Wl,--allow-shlib-undefined)
else()
    find_package(Torch REQUIRED)
    target_include_directories(tessera_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
    target_link_libraries(tessera_torch INTERFACE ${TORCH_LIBRARIES})
    separate_arguments(tessera_torch_flags UNIX_COMMAND "${TORCH_CXX_FLAGS}")
    target_compile_options(tessera_torch INTERFACE ${tessera_torch_flags})
    if(TARGET torch_cuda)
        set(TESSERA_TORCH_CUDA ${TESSERA_CUDA})
        set(tessera_c10_cuda c10_cuda)
    endif()
endif()
# engine/nn runs networks on a GPU where LibTorch can and our kernels are built. One definition for all folders, because
# they share one precompiled header.
if(TESSERA_TORCH_CUDA)
    target_compile_definitions(tessera_torch INTERFACE TESSERA_TORCH_CUDA)
    target_include_directories(tessera_torch SYSTEM INTERFACE ${tessera_nvidia_headers} ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
    target_link_libraries(tessera_torch INTERFACE ${tessera_c10_cuda})
    message(STATUS "LibTorch ${Torch_VERSION} with CUDA")
else()
    message(STATUS "LibTorch ${Torch_VERSION}, processor only")
endif()

# Debian's usual OpenBLAS waits in threads of its own for its next product, beside the OpenMP threads of LibTorch and of
# engine/nn that wait for theirs: on two processors everything takes three times as long. Its OpenMP build shares theirs.
# An rpath that also holds for what LibTorch itself needs, whatever the alternatives system points to.
find_path(TESSERA_OPENBLAS_OPENMP libopenblas.so.0
    PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp NO_DEFAULT_PATH)
if(TESSERA_OPENBLAS_OPENMP)
    target_link_options(tessera_torch INTERFACE -Wl,--disable-new-dtags -Wl,-rpath,${TESSERA_OPENBLAS_OPENMP})
else()
    message(STATUS "OpenBLAS's OpenMP build was not found: products will share the processors badly")
endif()
target_link_libraries(tessera_torch INTERFACE Threads::Threads)

file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/torch_pch.cpp CONTENT "")
add_library(tessera_torch_pch STATIC ${CMAKE_BINARY_DIR}/torch_pch.cpp)
target_link_libraries(tessera_torch_pch PUBLIC tessera_options tessera_torch)
target_precompile_headers(tessera_torch_pch PRIVATE <torch/torch.h>)
