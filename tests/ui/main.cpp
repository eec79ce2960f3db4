// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/studio_application.h"

#include "ui/theme/theme.h"

#include <QLocale>
#include <QTemporaryDir>

#include <gtest/gtest.h>

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QLocale::setDefault(QLocale::c());
    // What a user keeps is out of reach, and every run begins with nothing kept.
    const QTemporaryDir home;
    for (const char *place : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(place, home.path().toLocal8Bit());
    testing::InitGoogleTest(&argc, argv);
    tessera::ui::StudioApplication application(argc, argv);
    QCoreApplication::setApplicationName("tessera-studio-test");
    tessera::ui::applyTheme(tessera::ui::ThemeChoice::Light);
    return RUN_ALL_TESTS();
}
