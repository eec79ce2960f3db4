// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/studio_application.h"

#include "ui/theme/theme.h"

#include <QLocale>
#include <QStandardPaths>

#include <gtest/gtest.h>

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QLocale::setDefault(QLocale::c());
    QStandardPaths::setTestModeEnabled(true);
    testing::InitGoogleTest(&argc, argv);
    tessera::ui::StudioApplication application(argc, argv);
    QCoreApplication::setApplicationName("tessera-studio-test");
    tessera::ui::applyTheme(tessera::ui::ThemeChoice::Light);
    return RUN_ALL_TESTS();
}
