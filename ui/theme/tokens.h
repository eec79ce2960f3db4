// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>

namespace tessera::ui {

/// What a colour is for. Every colour of the interface has a role here, in a light and a dark value; no other file names one.
enum class Colour {
    Window,     ///< Behind everything.
    Surface,    ///< Panels, tables, plots.
    Raised,     ///< Controls on a surface.
    Sunken,     ///< Rails, headers, tracks.
    Line,       ///< Hairlines between panels and rows.
    LineStrong, ///< Borders of controls and axes: 3:1 on surfaces.
    Text,
    TextMuted, ///< Labels and second lines.
    TextFaint, ///< Hints and what is stale; still 4.5:1.
    Accent,
    AccentSoft, ///< Behind what is selected.
    OnAccent,
    Good,
    GoodSoft,
    Warn,
    WarnSoft,
    Bad,
    BadSoft,
    Unknown,   ///< A cell without a value.
    Attention, ///< The two parts of a layer, everywhere.
    Ffn,
    Parent, ///< Marks of the front, each with a shape of its own.
    Child,
    Front,
    Feasible, ///< The shaded region.
    MarkA,    ///< Baselines, in the order of their names.
    MarkB,
    MarkC,
    MarkD,
    MarkE,
    MarkF,
    Count
};

/// The value of a role in the light or dark theme.
QColor colourOf(Colour role, bool dark);
/// The value in the theme that is shown now.
QColor colour(Colour role);
/// The same with another opacity, 0 to 1.
QColor colour(Colour role, double opacity);

/// Spacing, in device-independent pixels: a grid of 4, mostly 8.
inline constexpr int kHair = 1, kSpaceXs = 4, kSpaceS = 8, kSpaceM = 12, kSpaceL = 16, kSpaceXl = 24, kSpaceXxl = 32;
inline constexpr int kRadius = 4;
inline constexpr int kRowHeight = 28;     ///< Of tables and lists.
inline constexpr int kControlHeight = 28; ///< Of buttons and fields.
inline constexpr int kRailWidth = 84;

enum class Type {
    Caption, ///< Axis ticks, units, hints.
    Body,
    Strong,  ///< Body, emphasised.
    Heading, ///< Titles of panels.
    Title,   ///< Titles of pages.
    Display  ///< One figure that matters.
};
/// A font of the application's family; sizes follow the system's own.
QFont typeFont(Type type);

/// WCAG's contrast ratio of two opaque colours, 1 to 21.
double contrast(const QColor &a, const QColor &b);

} // namespace tessera::ui
