# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# CUDA: engine/cuda is compiled wherever nvcc is; whether networks can run on a GPU is LibTorch's affair (TesseraTorch).

find_program(TESSERA_NVCC nvcc PATHS $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
set(tessera_has_nvcc OFF)
# A sanitizer's flags are not for nvcc, and its shadow memory is not for the driver.
if(TESSERA_NVCC AND NOT TESSERA_SANITIZE AND NOT TESSERA_FUZZ)
    set(tessera_has_nvcc ON)
endif()
option(TESSERA_CUDA "Build the kernels for NVIDIA GPUs, which needs nvcc" ${tessera_has_nvcc})
if(NOT TESSERA_CUDA)
    message(STATUS "The kernels for NVIDIA GPUs are not built (nvcc was not found, a sanitizer is on, or TESSERA_CUDA is OFF)")
    return()
endif()
if(NOT TESSERA_NVCC)
    message(FATAL_ERROR "TESSERA_CUDA needs nvcc: set TESSERA_NVCC to its path")
endif()
set(CMAKE_CUDA_COMPILER ${TESSERA_NVCC})
# Machine code for A100 and H100 or H200; for what comes later the intermediate code that drivers translate.
set(TESSERA_CUDA_ARCHITECTURES 80-real 90 CACHE STRING "The GPUs to build machine code for, as CMAKE_CUDA_ARCHITECTURES")
set(CMAKE_CUDA_ARCHITECTURES ${TESSERA_CUDA_ARCHITECTURES})
enable_language(CUDA)
# CMake 3.25 knows no flag for C++20 with nvcc.
set(CMAKE_CUDA_STANDARD 17)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
add_compile_options("$<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-Wall,-Wextra>")
if(TESSERA_WERROR)
    add_compile_options("$<$<COMPILE_LANGUAGE:CUDA>:--Werror=all-warnings>")
endif()
message(STATUS "CUDA ${CMAKE_CUDA_COMPILER_VERSION}: kernels for ${CMAKE_CUDA_ARCHITECTURES}")
