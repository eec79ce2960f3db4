// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include "ui/theme/theme.h"

#include <QApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace tessera::ui {
namespace {

struct Pair {
    QRgb light, dark;
};

constexpr std::array<Pair, static_cast<std::size_t>(Colour::Count)> kColours{{
    {0xfff4f5f7, 0xff15181c}, // Window
    {0xffffffff, 0xff1c2026}, // Surface
    {0xffffffff, 0xff262b33}, // Raised
    {0xffebedf1, 0xff111418}, // Sunken
    {0xffdce0e6, 0xff323842}, // Line
    {0xff878f9b, 0xff737d8b}, // LineStrong
    {0xff1a1f26, 0xffe6e9ee}, // Text
    {0xff525b67, 0xffaab2bd}, // TextMuted
    {0xff636c78, 0xff939ca8}, // TextFaint
    {0xff1d5dbf, 0xff76aaff}, // Accent
    {0xffdde8fa, 0xff23344f}, // AccentSoft
    {0xffffffff, 0xff0b1526}, // OnAccent
    {0xff19734a, 0xff5fc791}, // Good
    {0xffdff2e8, 0xff17362a}, // GoodSoft
    {0xff8c5300, 0xffe8ac52}, // Warn
    {0xfffcefd9, 0xff3a2d16}, // WarnSoft
    {0xffb3261e, 0xfff48b82}, // Bad
    {0xfffbe4e2, 0xff442321}, // BadSoft
    {0xffe3e6eb, 0xff2a3038}, // Unknown
    {0xff0072b2, 0xff56b4e9}, // Attention
    {0xffb36a00, 0xfff0b04a}, // Ffn
    {0xff1a1f26, 0xffe6e9ee}, // Parent
    {0xffd04a00, 0xffff8f4a}, // Child
    {0xff0072b2, 0xff56b4e9}, // Front
    {0xffd5e7f3, 0xff1f3341}, // Feasible
    {0xffb36a00, 0xfff0b04a}, // MarkA
    {0xff007a58, 0xff3fcf9e}, // MarkB
    {0xffa34a87, 0xffe59cc6}, // MarkC
    {0xff2b83b8, 0xff8cc8f0}, // MarkD
    {0xff6b6300, 0xffe6dc4f}, // MarkE
    {0xff636c78, 0xff939ca8}, // MarkF
}};

double luminance(const QColor &colour)
{
    auto linear = [](double channel) {
        return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

constexpr std::size_t kTypes = static_cast<std::size_t>(Type::Display) + 1;

QFont scaledFont(QFont base, Type type)
{
    double size = base.pointSizeF() > 0 ? base.pointSizeF() : 10;
    switch (type) {
    case Type::Caption:
        base.setPointSizeF(std::max(7.5, size - 1));
        break;
    case Type::Body:
        break;
    case Type::Strong:
        base.setWeight(QFont::DemiBold);
        break;
    case Type::Heading:
        base.setPointSizeF(size + 0.5);
        base.setWeight(QFont::DemiBold);
        break;
    case Type::Title:
        base.setPointSizeF(size + 4);
        base.setWeight(QFont::DemiBold);
        break;
    case Type::Display:
        base.setPointSizeF(size + 9);
        base.setWeight(QFont::DemiBold);
        break;
    }
    return base;
}

} // namespace

QColor colourOf(Colour role, bool dark)
{
    const Pair &pair = kColours[static_cast<std::size_t>(role)];
    return QColor::fromRgb(dark ? pair.dark : pair.light);
}

QColor colour(Colour role) { return colourOf(role, isDark()); }

QColor colour(Colour role, double opacity)
{
    QColor value = colour(role);
    value.setAlphaF(static_cast<float>(opacity));
    return value;
}

QFont typeFont(Type type)
{
    // Kept, because a font that was just made looks for its glyphs again.
    static std::array<QFont, kTypes> fonts;
    static std::optional<QFont> base;
    if (base != QApplication::font()) {
        base = QApplication::font();
        for (std::size_t i = 0; i < kTypes; ++i)
            fonts[i] = scaledFont(*base, static_cast<Type>(i));
    }
    return fonts[static_cast<std::size_t>(type)];
}

double contrast(const QColor &a, const QColor &b)
{
    double first = luminance(a), second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

} // namespace tessera::ui
