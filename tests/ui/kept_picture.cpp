// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/kept_picture.h"

#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QScreen>

#include <algorithm>
#include <array>

namespace tessera::ui {
namespace {

constexpr int kTolerance = 24; ///< Of 255, in each of red, green and blue.

QString fileOf(const char *name)
{
    return QStringLiteral(TESSERA_TEST_DATA "/ui/") + QLatin1String(name) + QStringLiteral(".png");
}

QImage drawn(PlotView &view)
{
    QImage image(view.size(), QImage::Format_RGB32);
    image.fill(colour(Colour::Surface));
    QPainter painter(&image);
    view.paintPlot(painter, image.rect(), true);
    painter.end();
    return image;
}

std::array<int, 3> channels(QRgb pixel) { return {qRed(pixel), qGreen(pixel), qBlue(pixel)}; }

/// Whether a colour lies among those around a place, or near them.
bool isAmong(QRgb pixel, const QImage &image, int x, int y)
{
    std::array<int, 3> least{255, 255, 255}, most{0, 0, 0};
    for (int v = std::max(0, y - 1); v <= std::min(image.height() - 1, y + 1); ++v)
        for (int u = std::max(0, x - 1); u <= std::min(image.width() - 1, x + 1); ++u) {
            std::array<int, 3> there = channels(image.pixel(u, v));
            for (std::size_t i = 0; i < 3; ++i) {
                least[i] = std::min(least[i], there[i]);
                most[i] = std::max(most[i], there[i]);
            }
        }
    std::array<int, 3> here = channels(pixel);
    for (std::size_t i = 0; i < 3; ++i)
        if (here[i] < least[i] - kTolerance || here[i] > most[i] + kTolerance)
            return false;
    return true;
}

} // namespace

PictureDifference differenceOf(const QImage &a, const QImage &b)
{
    if (a.size() != b.size())
        return {a.width() * a.height() + b.width() * b.height(), a.rect().united(b.rect())};
    PictureDifference found;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            if (!isAmong(a.pixel(x, y), b, x, y) || !isAmong(b.pixel(x, y), a, x, y)) {
                ++found.pixels;
                found.place |= QRect(x, y, 1, 1);
            }
    return found;
}

void Pictures::SetUp()
{
    applyTheme(ThemeChoice::Light);
    m_usual = QApplication::font();
    m_font = QFontDatabase::addApplicationFont(QStringLiteral(TESSERA_TEST_DATA "/ui/blocks.ttf"));
    ASSERT_GE(m_font, 0) << "tests/data/ui/blocks.ttf is missing or is no font";
    QFont blocks(QFontDatabase::applicationFontFamilies(m_font).value(0));
    blocks.setHintingPreference(QFont::PreferNoHinting);
    // Small type is a point smaller than the rest: it is to have 12 pixels, on any screen.
    blocks.setPointSizeF(1 + 12 * 72 / QApplication::primaryScreen()->logicalDotsPerInch());
    QApplication::setFont(blocks);
}

void Pictures::TearDown()
{
    QApplication::setFont(m_usual);
    QFontDatabase::removeApplicationFont(m_font);
    applyTheme(ThemeChoice::Light);
}

void Pictures::expectPicture(PlotView &view, const char *name)
{
    QImage now = drawn(view);
    if (qEnvironmentVariableIsSet("TESSERA_WRITE_PICTURES")) {
        ASSERT_TRUE(now.save(fileOf(name))) << fileOf(name).toStdString() << " cannot be written";
    }
    QImage kept(fileOf(name));
    ASSERT_FALSE(kept.isNull()) << fileOf(name).toStdString() << " cannot be read";
    PictureDifference difference = differenceOf(now, kept);
    const QRect &place = difference.place;
    EXPECT_FALSE(difference.isSeen()) << name << " looks different in " << difference.pixels << " pixels between ("
                                      << place.left() << ", " << place.top() << ") and (" << place.right() << ", "
                                      << place.bottom() << ")";
}

void Pictures::expectOtherThan(const char *name, PlotView &view, const char *change)
{
    PictureDifference difference = differenceOf(drawn(view), QImage(fileOf(name)));
    EXPECT_GT(difference.pixels, 20) << name << ": nobody would notice " << change;
}

} // namespace tessera::ui
