// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/style_sheet.h"
#include "ui/theme/tokens.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>
#include <QStyleHints>

#include <utility>

/// A static library's resources are not there before somebody asks for them; this cannot stand in a namespace.
static void initResources() { Q_INIT_RESOURCE(theme); }

namespace tessera::ui {
namespace {

ThemeChoice g_choice = ThemeChoice::System;
bool g_dark = false;

/// What the desktop asked for, remembered before the first theme replaces it.
bool systemIsDark()
{
    static const bool dark = [] {
        QPalette palette = QApplication::palette();
        return palette.color(QPalette::Window).lightnessF() < palette.color(QPalette::WindowText).lightnessF();
    }();
    return dark;
}

QPalette paletteOf(bool dark)
{
    auto of = [dark](Colour role) { return colourOf(role, dark); };
    QPalette palette(of(Colour::Text), of(Colour::Raised), of(Colour::Line), of(Colour::LineStrong),
                     of(Colour::TextMuted), of(Colour::Text), of(Colour::OnAccent), of(Colour::Surface),
                     of(Colour::Window));
    palette.setColor(QPalette::AlternateBase, of(Colour::Window));
    palette.setColor(QPalette::Highlight, of(Colour::AccentSoft));
    palette.setColor(QPalette::HighlightedText, of(Colour::Text));
    palette.setColor(QPalette::ToolTipBase, of(Colour::Raised));
    palette.setColor(QPalette::ToolTipText, of(Colour::Text));
    palette.setColor(QPalette::PlaceholderText, of(Colour::TextFaint));
    palette.setColor(QPalette::Link, of(Colour::Accent));
    for (QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, of(Colour::TextFaint));
    return palette;
}

} // namespace

QString toString(ThemeChoice choice)
{
    switch (choice) {
    case ThemeChoice::Light:
        return QStringLiteral("light");
    case ThemeChoice::Dark:
        return QStringLiteral("dark");
    default:
        return QStringLiteral("system");
    }
}

ThemeChoice parseThemeChoice(const QString &word)
{
    if (word == QLatin1String("light"))
        return ThemeChoice::Light;
    if (word == QLatin1String("dark"))
        return ThemeChoice::Dark;
    return ThemeChoice::System;
}

void applyTheme(ThemeChoice choice)
{
    initResources();
    bool system = systemIsDark();
    g_choice = choice;
    g_dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && system);
    if (QApplication::style()->objectName() != QLatin1String("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(g_dark));
    qApp->setStyleSheet(styleSheet());
}

ThemeChoice themeChoice() { return g_choice; }

bool isDark() { return g_dark; }

PaperColours::PaperColours() : m_dark(std::exchange(g_dark, false)) {}

PaperColours::~PaperColours() { g_dark = m_dark; }

} // namespace tessera::ui
