# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
# Qt for tessera-studio. The option is on where Qt is found; where somebody asked for it and Qt is missing, that is an error.

set(tessera_qt_components Core Gui Widgets Charts Svg LinguistTools)
find_package(Qt6 6.4 QUIET COMPONENTS ${tessera_qt_components})
set(tessera_has_qt OFF)
if(Qt6_FOUND)
    set(tessera_has_qt ON)
endif()
option(TESSERA_STUDIO "Build tessera-studio, which needs Qt 6.4 with Charts and Svg" ${tessera_has_qt})
if(TESSERA_STUDIO)
    find_package(Qt6 6.4 REQUIRED COMPONENTS ${tessera_qt_components})
    if(TESSERA_TESTS)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
    endif()
    message(STATUS "Qt ${Qt6_VERSION}: tessera-studio is built")
else()
    message(STATUS "tessera-studio is not built (Qt 6.4 with Charts and Svg was not found, or TESSERA_STUDIO is OFF)")
endif()
