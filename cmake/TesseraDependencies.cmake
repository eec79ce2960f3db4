# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# Every library that Tessera builds on, found once.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
if(TESSERA_CLI)
    find_package(CLI11 REQUIRED)
    find_package(SQLiteCpp REQUIRED)
    pkg_check_modules(CBC REQUIRED IMPORTED_TARGET cbc)
    pkg_check_modules(GMP REQUIRED IMPORTED_TARGET gmpxx)
endif()
find_package(ICU REQUIRED COMPONENTS uc i18n)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
find_package(BLAS REQUIRED)
find_package(LAPACK REQUIRED)

if(TESSERA_TESTS)
    find_package(GTest REQUIRED)
    find_package(rapidcheck REQUIRED)
endif()

if(TESSERA_WORKER)
    include(TesseraTorch)
endif()
