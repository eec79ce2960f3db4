// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace tessera::ui {

enum class ThemeChoice { System, Light, Dark };

/// "system", "light", "dark"; parse gives System for anything else.
QString toString(ThemeChoice choice);
ThemeChoice parseThemeChoice(const QString &word);

/// Sets style, palette, style sheet and font of the application. System decides by the palette that the desktop gave.
void applyTheme(ThemeChoice choice);
ThemeChoice themeChoice();
/// Whether the dark colours are shown now.
bool isDark();

/// While it lives, pictures are painted in the light colours, whichever the window has: for paper.
class PaperColours {
public:
    PaperColours();
    ~PaperColours();
    PaperColours(const PaperColours &) = delete;
    PaperColours &operator=(const PaperColours &) = delete;

private:
    bool m_dark;
};

} // namespace tessera::ui
