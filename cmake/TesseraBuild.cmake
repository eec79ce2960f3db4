# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# How every Tessera target is compiled, and the functions that declare the house's folders as targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(TESSERA_CCACHE ccache)
if(TESSERA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # A precompiled header is only cacheable when ccache is told to look through its time stamps; with a base folder a
    # second clone finds what the first one compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${TESSERA_CCACHE})
    add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
find_program(TESSERA_MOLD mold)
if(TESSERA_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

# Tessera's programs start in milliseconds on the processors they are built for, not only on the machine of the build:
# vector code picks its instruction set at run time.
add_library(tessera_options INTERFACE)
target_compile_options(tessera_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    # Debian 12's g++ 12 sees overlaps in std::string where there are none (GCC bug 105651); Debian 13's g++ 14 takes any
    # reference that a function with a temporary argument returns for a reference to that argument.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-dangling-reference>)
if(TESSERA_WERROR)
    # g++'s flow analysis raises false alarms that come and go with its version: those stay warnings.
    target_compile_options(tessera_options INTERFACE -Werror
        $<$<CXX_COMPILER_ID:GNU>:-Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=array-bounds
            -Wno-error=maybe-uninitialized -Wno-error=overloaded-virtual>)
endif()
if(TESSERA_SANITIZE)
    add_compile_options(-fsanitize=${TESSERA_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${TESSERA_SANITIZE})
endif()
if(TESSERA_FUZZ)
    # What is fuzzed must be instrumented too; tests/fuzz adds the fuzzer's main().
    add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
    add_link_options(-fsanitize=address,undefined)
endif()
target_include_directories(tessera_options INTERFACE ${CMAKE_SOURCE_DIR})

# tessera_library(NAME SOURCES file... LINKS target...)
# Declares one folder of the engine as the static library tessera_NAME. LINKS are the arrows of the design.
function(tessera_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
    add_library(tessera_${name} STATIC ${arg_SOURCES})
    target_link_libraries(tessera_${name} PUBLIC tessera_options ${arg_LINKS})
endfunction()

# tessera_torch_library(NAME SOURCES file... LINKS target...): the same for a folder that uses LibTorch; all of them share
# one precompiled header.
function(tessera_torch_library name)
    tessera_library(${name} ${ARGN})
    target_link_libraries(tessera_${name} PUBLIC tessera_torch)
    target_precompile_headers(tessera_${name} REUSE_FROM tessera_torch_pch)
endfunction()

# tessera_paths(TARGET [MACRO path]...): makes each path a macro in those of the target's sources that name it. All other
# objects know no path of this clone, so that the compiler cache has them for the next one. A source that begins to name a
# macro is seen when CMake runs again.
function(tessera_paths target)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE file)
        file(READ ${file} text)
        set(rest ${ARGN})
        while(rest)
            list(POP_FRONT rest macro path)
            if(text MATCHES "${macro}")
                set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS "${macro}=\"${path}\"")
            endif()
        endwhile()
    endforeach()
endfunction()

# tessera_test(NAME SOURCES file... LINKS target... [LABELS label...] [TIMEOUT seconds] [TORCH] [SERIAL])
# SERIAL: its cases run alone, because they measure time.
# One GoogleTest program per folder under test; every case of it is a ctest case of its own.
function(tessera_test name)
    cmake_parse_arguments(arg "TORCH;SERIAL" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
    if(NOT TESSERA_TESTS)
        return()
    endif()
    add_executable(test_${name} ${arg_SOURCES})
    target_link_libraries(test_${name} PRIVATE tessera_options ${arg_LINKS} GTest::gtest GTest::gtest_main)
    if(arg_TORCH)
        target_precompile_headers(test_${name} REUSE_FROM tessera_torch_pch)
    endif()
    tessera_paths(test_${name}
        TESSERA_TEST_DATA "${CMAKE_SOURCE_DIR}/tests/data"
        TESSERA_SHARED_DATA "${CMAKE_SOURCE_DIR}/../shared"
        TESSERA_RESOURCES "${CMAKE_SOURCE_DIR}/resources"
        TESSERA_BIN_DIR "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    include(GoogleTest)
    gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
        PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL ${arg_SERIAL})
endfunction()
