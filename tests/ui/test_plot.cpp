// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plot/axis_scale.h"
#include "ui/plot/curve_chart.h"
#include "ui/plot/front_view.h"
#include "ui/plot/heat_map_view.h"
#include "ui/plot/parallel_view.h"
#include "ui/plot/small_chart.h"
#include "ui/plot/solution_strip.h"
#include "ui/theme/tokens.h"

#include <QAccessible>
#include <QFile>
#include <QGraphicsTextItem>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>

using namespace tessera::ui;

namespace {

HeatMapData smallMap()
{
    HeatMapData data;
    data.groups = {{"A", {"x", "y"}}, {"B", {"z"}}};
    data.rows = {"0", "1"};
    data.rowTitle = "Layer";
    data.values = {0, 1, 2, 3, std::nan(""), 5};
    data.exists = {1, 1, 1, 1, 1, 0};
    return data;
}

/// The least of several, in time of the processor: a machine may be busy with other things.
double millisecondsToPaint(PlotView &view, QPainter &painter)
{
    double least = HUGE_VAL;
    for (int attempt = 0; attempt < 3; ++attempt) {
        const std::clock_t begin = std::clock();
        view.paintPlot(painter, view.rect(), false);
        least = std::min(least, 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    }
    return least;
}

QStringList labelsOf(const QChartView &chart)
{
    QStringList labels;
    for (const QGraphicsItem *item : chart.scene()->items())
        if (auto *text = dynamic_cast<const QGraphicsTextItem *>(item))
            labels.append(text->toPlainText());
    return labels;
}

} // namespace

TEST(AxisScale, PixelsAndValuesAreEachOthersInverse)
{
    for (bool logarithmic : {false, true}) {
        AxisScale scale{0.5, 800, 40, 900, logarithmic};
        for (double value : {0.5, 1.0, 37.5, 799.0})
            EXPECT_NEAR(scale.toValue(scale.toPixel(value)), value, 1e-9 * value) << logarithmic;
        AxisScale zoomed = scale.zoomed(2, 37.5);
        EXPECT_NEAR(zoomed.toPixel(37.5), scale.toPixel(37.5), 1e-9) << "the place that is zoomed around stays";
        EXPECT_NEAR(scale.panned(25).toPixel(37.5), scale.toPixel(37.5) + 25, 1e-9);
    }
}

TEST(AxisScale, TicksAreRoundAndWithinTheRange)
{
    AxisScale scale{0, 217.3, 0, 1, false};
    EXPECT_EQ(scale.ticks(5), (QList<double>{0, 50, 100, 150, 200}));
    AxisScale decades{0.003, 40, 0, 1, true};
    EXPECT_EQ(decades.ticks(6).size(), 4);
    EXPECT_TRUE((AxisScale{1, 1, 0, 1, false}.ticks(5).isEmpty()));
    constexpr double kMiB = 1048576;
    AxisScale bytes{0, 17 * kMiB, 0, 1, false};
    EXPECT_EQ(bytes.ticks(4, kMiB), (QList<double>{0, 5 * kMiB, 10 * kMiB, 15 * kMiB}));
    EXPECT_LT(paddedScale(5, 5, 0.1, false).low, paddedScale(5, 5, 0.1, false).high);
}

TEST(HeatMap, KeysMoveOverCellsThatExistAndSpeakThem)
{
    HeatMapView view;
    view.resize(500, 300);
    view.setData(smallMap());
    view.setCurrent(0, 0);
    QSignalSpy moved(&view, &HeatMapView::currentChanged);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Right);
    EXPECT_EQ(view.currentColumn(), 2);
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_EQ(view.currentRow(), 0) << "there is no cell below";
    EXPECT_EQ(moved.count(), 2);
    EXPECT_TRUE(view.accessibleDescription().contains("B z")) << view.accessibleDescription().toStdString();
}

TEST(HeatMap, IsWrittenAsPictureDrawingAndNumbers)
{
    QTemporaryDir folder;
    HeatMapView view;
    view.resize(400, 200);
    view.setData(smallMap());
    view.setProvenance("toy");
    for (const char *name : {"a.png", "a.svg", "a.csv"})
        EXPECT_EQ(view.exportTo(folder.filePath(name)).toStdString(), "") << name;
    QImage picture(folder.filePath("a.png"));
    EXPECT_EQ(picture.size(), QSize(800, 400));
    QFile numbers(folder.filePath("a.csv"));
    ASSERT_TRUE(numbers.open(QIODevice::ReadOnly));
    EXPECT_EQ(numbers.readLine().toStdString(), "# toy\n") << "numbers say where they come from, too";
    EXPECT_EQ(picture.text("Description").toStdString(), "toy");
    EXPECT_EQ(view.toCsv().toStdString(), "Layer,A x,A y,B z\n0,0,1,2\n1,3,,5\n");
    EXPECT_NE(view.exportTo(folder.filePath("a.bmp")).toStdString(), "");
    EXPECT_NE(view.exportTo("/nowhere/a.png").toStdString(), "");
}

TEST(HeatMap, ALargeOneIsPaintedInMilliseconds)
{
    HeatMapData data;
    data.groups = {{"all", {}}};
    for (int column = 0; column < 500; ++column)
        data.groups[0].columns.append(QString::number(column));
    for (int row = 0; row < 200; ++row)
        data.rows.append(QString::number(row));
    data.values = QList<double>(100000, 0.5);
    data.exists = QList<char>(100000, 1);
    HeatMapView view;
    view.resize(1200, 800);
    view.setData(data);
    QImage image(view.size(), QImage::Format_RGB32);
    QPainter painter(&image);
    EXPECT_LT(millisecondsToPaint(view, painter), 500) << "a heap of items a cell would take seconds";
}

TEST(FrontView, APointIsAdoptedByClickAndByKeyboard)
{
    FrontView view;
    view.resize(600, 400);
    FrontData data;
    data.front = {{10, 3}, {20, 2}, {30, 0.5}};
    data.limit = 25;
    view.setData(data);
    QSignalSpy adopted(&view, &FrontView::pointAdopted);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Return);
    ASSERT_EQ(adopted.count(), 1);
    EXPECT_EQ(adopted[0][0].toInt(), 1);
    // Somewhere in the picture lies each point: a click on it adopts it.
    for (int x = 0; x < 600 && adopted.count() < 2; x += 4)
        for (int y = 0; y < 400 && adopted.count() < 2; y += 4)
            QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(x, y));
    EXPECT_EQ(adopted.count(), 2);
    EXPECT_TRUE(view.toCsv().contains("20"));
}

TEST(FrontView, AnEndFarAboveTheRestDoesNotPressItFlat)
{
    FrontView view;
    view.resize(600, 400);
    FrontData data;
    for (int i = 0; i < 10; ++i)
        data.front.append({10.0 + i, i == 0 ? 100.0 : 2 - 0.2 * i});
    view.setData(data);
    auto lowest = [&] { // How far up the front reaches at its second point, of all the height.
        QImage image(view.size(), QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        view.paintPlot(painter, view.rect(), true);
        int first = image.height();
        QRgb line = colour(Colour::Front).rgb();
        for (int y = 0; y < image.height(); ++y)
            for (int x = image.width() / 4; x < image.width() - 20; ++x)
                if (image.pixel(x, y) == line)
                    first = std::min(first, y);
        return first;
    };
    EXPECT_LT(lowest(), 200) << "the rest fills the plot";
    view.showAll();
    EXPECT_GT(lowest(), 200) << "all of it is one step away";
    view.showAll();
    EXPECT_LT(lowest(), 200);
}

TEST(SolutionStrip, AClickPinsTheHalfUnderIt)
{
    SolutionStrip strip;
    strip.resize(600, 180);
    StripData data;
    for (int i = 0; i < 4; ++i)
        data.layers.append(StripData::Column{{"3", "3 kv heads", 1, true}, {"∅", "removed", 0}});
    strip.setData(data);
    QSignalSpy pinned(&strip, &SolutionStrip::pinWanted);
    QTest::mouseClick(&strip, Qt::LeftButton, {}, QPoint(200, 40));
    ASSERT_EQ(pinned.count(), 1);
    EXPECT_FALSE(pinned[0][1].toBool());
    QTest::keyClick(&strip, Qt::Key_Down);
    QTest::keyClick(&strip, Qt::Key_Return);
    ASSERT_EQ(pinned.count(), 2);
    EXPECT_TRUE(pinned[1][1].toBool());
}

TEST(ParallelView, BrushesKeepRowsAndKeysWalkThroughThem)
{
    ParallelView view;
    view.resize(600, 300);
    ParallelData data;
    data.axes = {{"a", {}}, {"b", {}}, {"the same in all", {}}};
    data.rows = {{1, 30, 7}, {2, 20, 7}, {3, std::nan(""), 7}};
    view.setData(data);
    EXPECT_TRUE(view.passes(2));
    view.setBrush(1, QPair{0.0, 25.0});
    EXPECT_FALSE(view.passes(0));
    EXPECT_TRUE(view.passes(1));
    EXPECT_FALSE(view.passes(2)) << "what is unknown is in no range";
    EXPECT_EQ(view.toCsv().toStdString(), "a,b,the same in all\n2,20,7\n");
    QTest::keyClick(&view, Qt::Key_Escape);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Up);
    EXPECT_EQ(view.current(), 1) << "the least of the second axis";
    QTest::keyClick(&view, Qt::Key_BracketRight);
    EXPECT_FALSE(view.passes(0));
    view.setData(data);
    EXPECT_FALSE(view.passes(0)) << "brushes stay where the axes do";
    // A drag along the first axis keeps its upper part.
    QTest::keyClick(&view, Qt::Key_Escape);
    QTest::mousePress(&view, Qt::LeftButton, {}, {80, 60});
    QTest::mouseMove(&view, {80, 120});
    QTest::mouseRelease(&view, Qt::LeftButton, {}, {80, 120});
    EXPECT_FALSE(view.passes(0));
}

TEST(ParallelView, DrawsALineForEveryRow)
{
    ParallelView view;
    view.resize(400, 300);
    ParallelData data;
    data.axes = {{"a", {}}, {"b", {}}, {"the same in all", {}}};
    view.setData(data);
    auto painted = [&] {
        QImage image(view.size(), QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        view.paintPlot(painter, view.rect(), true);
        return image;
    };
    data.rows = {{1, 2, 7}, {3, 1, 7}};
    view.setData(data);
    QImage two = painted();
    data.rows.append({2, 1.5, 7});
    view.setData(data);
    EXPECT_NE(two, painted());
}

TEST(PlotViews, AreChartsToAScreenReaderAndSayWhereTheKeyboardIs)
{
    HeatMapView view;
    view.setAccessibleName("Library");
    view.setData(smallMap());
    view.setCurrent(0, 1);
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(&view);
    ASSERT_TRUE(interface);
    EXPECT_EQ(interface->role(), QAccessible::Chart);
    EXPECT_EQ(interface->text(QAccessible::Name).toStdString(), "Library");
    EXPECT_TRUE(interface->text(QAccessible::Value).contains("A y"));
}

TEST(Charts, CountInTheReadersLanguage)
{
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::German));
    const QList<QPointF> points{{0, 0}, {5000, 0.5}, {10000, 1}};
    CurveChart curves;
    CurveData data;
    Curve curve;
    curve.points = points;
    data.curves = {curve};
    curves.setData(data);
    SmallChart small;
    small.setLine({{0, 0}, {1, 0.5}}, "x", "y", std::nan(""));
    for (QChartView *chart : std::initializer_list<QChartView *>{&curves, &small}) {
        chart->resize(600, 400);
        chart->grab();
    }
    QLocale::setDefault(before);
    const QStringList large = labelsOf(curves), little = labelsOf(small);
    for (const char *label : {"0", "0,2", "4000", "10000"})
        EXPECT_TRUE(large.contains(label)) << label << " in " << large.join(' ').toStdString();
    EXPECT_TRUE(std::any_of(little.begin(), little.end(), [](const QString &label) { return label.startsWith("0,"); }))
        << little.join(' ').toStdString();
    EXPECT_TRUE(little.contains("1")) << little.join(' ').toStdString();
}

TEST(FrontView, TakesAHundredThousandPointsAsACloud)
{
    FrontView view;
    view.resize(800, 500);
    FrontData data;
    data.front = {{10, 3}, {20, 2}, {30, 0.5}};
    auto cloud = std::make_shared<QList<QPointF>>();
    for (int i = 0; i < 100000; ++i)
        cloud->append({10.0 + i % 200 / 10.0, 0.5 + i / 50000.0});
    cloud->append({std::nan(""), 1});
    data.cloud = cloud;
    data.cloudName = "Random";
    view.setData(data);
    QImage image(view.size(), QImage::Format_RGB32);
    QPainter painter(&image);
    EXPECT_LT(millisecondsToPaint(view, painter), 500) << "an item a point would take seconds";
}
